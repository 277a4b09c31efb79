/// How functions are made on Lambda: their parts, their kinds beside the endpoint, and priming
/// before the snapshot.
@NullMarked
package nightshift.functions.lambda;

import org.jspecify.annotations.NullMarked;
