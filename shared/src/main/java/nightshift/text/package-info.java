/// The formats of texts that several rooms read and write.
@NullMarked
package nightshift.text;

import org.jspecify.annotations.NullMarked;
