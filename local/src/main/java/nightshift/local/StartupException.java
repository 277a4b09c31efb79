package nightshift.local;

import org.jspecify.annotations.Nullable;

/// The local run cannot start. The message is one sentence for the user.
final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartupException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
