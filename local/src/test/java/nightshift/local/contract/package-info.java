/// The contract as a suite that knows nothing but HTTP, so it holds any deployment to the letter.
@NullMarked
package nightshift.local.contract;

import org.jspecify.annotations.NullMarked;
