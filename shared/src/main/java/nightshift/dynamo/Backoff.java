package nightshift.dynamo;

import java.security.SecureRandom;

/// The pauses between attempts when other writers are in the way.
final class Backoff {
    private static final int ATTEMPTS = 60;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 250;

    /// Reads from the operating system, so that instances restored from one snapshot differ.
    private static final SecureRandom RANDOM = new SecureRandom();

    private Backoff() {}

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
