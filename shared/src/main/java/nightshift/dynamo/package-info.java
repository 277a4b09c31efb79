/// The table: item shapes and the writes that keep them true.
@NullMarked
package nightshift.dynamo;

import org.jspecify.annotations.NullMarked;
