/// What files would change in the service, and the change itself.
@NullMarked
package nightshift.cli.plan;

import org.jspecify.annotations.NullMarked;
