/// Log lines and metrics of the functions.
@NullMarked
package nightshift.log;

import org.jspecify.annotations.NullMarked;
