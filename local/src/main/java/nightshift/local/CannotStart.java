package nightshift.local;

import org.jspecify.annotations.Nullable;

/// Why the local run cannot start, in one sentence for the one who started it.
final class CannotStart extends RuntimeException {
    private static final long serialVersionUID = 1;

    CannotStart(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
