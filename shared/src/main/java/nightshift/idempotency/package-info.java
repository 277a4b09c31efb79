/// Calls that a client may repeat: what is kept of a call with an `Idempotency-Key`.
@NullMarked
package nightshift.idempotency;

import org.jspecify.annotations.NullMarked;
