/// The JSON Schemas of tasks: checked when they come, and outputs checked with them in bounded
/// time.
@NullMarked
package nightshift.functions.schemas;

import org.jspecify.annotations.NullMarked;
