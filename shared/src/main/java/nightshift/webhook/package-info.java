/// Sending signed messages to addresses that users have given.
@NullMarked
package nightshift.webhook;

import org.jspecify.annotations.NullMarked;
