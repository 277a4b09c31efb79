/// The pages and answers that belong to no resource: documentation, schema, refusals.
@NullMarked
package nightshift.functions.site;

import org.jspecify.annotations.NullMarked;
