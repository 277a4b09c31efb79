package nightshift.functions.schemas;

import java.time.Duration;

/// The time that a computation may take. The computation asks [#check] often, which ends it.
final class Deadline {
    private final long end;
    private volatile boolean cancelled;

    Deadline(Duration time) {
        end = System.nanoTime() + time.toNanos();
    }

    /// @throws Passed if the time is over
    void check() {
        if (cancelled || System.nanoTime() - end > 0) throw new Passed();
    }

    /// Ends the computation at its next check.
    void cancel() {
        cancelled = true;
    }

    /// The time is over.
    static final class Passed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Passed() {
            super("the deadline has passed", null, false, false);
        }
    }
}
