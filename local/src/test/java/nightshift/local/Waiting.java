package nightshift.local;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for asynchronous effects in end-to-end tests.
final class Waiting {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Waiting() {}

    /// Returns as soon as the condition is true. Fails after a timeout.
    static void until(BooleanSupplier condition) {
        until(condition, DEADLINE);
    }

    /// The same with another timeout.
    static void until(BooleanSupplier condition, Duration deadline) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > deadline.toNanos()) {
                throw new AssertionError("it did not come true within " + deadline);
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }
}
