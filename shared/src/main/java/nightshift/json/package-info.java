/// How JSON is read and written.
@NullMarked
package nightshift.json;

import org.jspecify.annotations.NullMarked;
