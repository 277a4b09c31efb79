/// What tests share.
@NullMarked
package nightshift.testing;

import org.jspecify.annotations.NullMarked;
