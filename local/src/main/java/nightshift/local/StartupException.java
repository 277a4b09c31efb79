package nightshift.local;

import org.jspecify.annotations.Nullable;

/// Why the local run cannot start, in one sentence for the one who started it.
final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StartupException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
