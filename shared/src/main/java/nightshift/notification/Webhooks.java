package nightshift.notification;

import java.net.URI;
import java.util.Map;

/// Sends messages to the addresses that users have given.
public interface Webhooks {
    /// Sends a message once.
    ///
    /// @throws NotDeliveredException if the receiver did not take it, or may not be connected to
    void post(URI url, Map<String, String> headers, byte[] body) throws NotDeliveredException;

    /// The receiver did not take a message. The text says why, without URL, secret or answer.
    final class NotDeliveredException extends Exception {
        private static final long serialVersionUID = 1;

        public NotDeliveredException(String reason) {
            super(reason);
        }

        /// Why the message was not delivered.
        public String reason() {
            return String.valueOf(getMessage());
        }
    }
}
