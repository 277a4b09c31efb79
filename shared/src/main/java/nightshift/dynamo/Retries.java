package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.util.function.Supplier;

/// Attempts that are repeated with a pause of random length between.
final class Retries {
    private static final int ATTEMPTS = 60;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 250;

    /// Reads from the operating system, so that instances restored from one snapshot differ.
    private static final SecureRandom RANDOM = new SecureRandom();

    private Retries() {}

    /// Repeats an attempt until it answers: other writers were in the way.
    ///
    /// @param attempt answers null to be repeated
    /// @throws IllegalStateException if the others never let it through
    static <T> T untilAnswered(Supplier<@Nullable T> attempt) {
        for (int failed = 0; ; failed++) {
            var result = attempt.get();
            if (result != null) {
                return result;
            }
            pause(failed);
        }
    }

    /// Waits for a while of random length, the longer the more attempts have failed.
    ///
    /// @throws IllegalStateException if that were too many
    static void pause(int failed) {
        if (failed >= ATTEMPTS) {
            throw new IllegalStateException("DynamoDB is busy: gave up after " + failed);
        }
        long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(failed, 10));
        try {
            Thread.sleep(RANDOM.nextLong(longest) + 1);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two attempts", interrupted);
        }
    }
}
