/// The endpoints of the files that runs leave.
@NullMarked
package nightshift.functions.artifacts;

import org.jspecify.annotations.NullMarked;
