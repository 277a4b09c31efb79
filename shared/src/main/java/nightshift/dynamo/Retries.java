package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Attempts that are repeated with a pause of random length between (full jitter).
final class Retries {
    /// Less than the 29 seconds that a function has.
    private static final long MOST_NANOS = Duration.ofSeconds(20).toNanos();

    private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(10).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(2).toNanos();

    /// The longest pause after the first attempt, as a multiple of the attempt. Simulated with 2 to
    /// 40 writers of one item, 6 needs the fewest attempts without making them wait in vain.
    private static final int PAUSE = 6;

    /// After so many attempts the longest pause is half of the first one.
    private static final int FAIR = 8;

    private static final int BUSY_ATTEMPTS = 60;
    private static final int BUSY_MOST_DOUBLINGS = 5;

    /// Reads from the operating system, so that instances restored from one snapshot differ.
    private static final SecureRandom RANDOM = new SecureRandom();

    private Retries() {}

    /// Repeats an attempt until it answers: other writers of the same item were in the way.
    ///
    /// The longest pause is a multiple of the time that the attempt took: that tells how fast the
    /// table is and how many others are at work. It does not double but shrinks with every attempt,
    /// so that those that came last do not overtake those that have waited longest.
    ///
    /// @param attempt answers null to be repeated
    /// @throws IllegalStateException if the others never let it through
    static <T> T untilAnswered(Supplier<@Nullable T> attempt) {
        long began = System.nanoTime();
        for (int failed = 0; ; failed++) {
            long attempted = System.nanoTime();
            var result = attempt.get();
            if (result != null) {
                return result;
            }
            long now = System.nanoTime();
            if (now - began > MOST_NANOS) {
                throw new IllegalStateException("DynamoDB is busy: gave up after " + failed);
            }
            long longest = (now - attempted) * PAUSE * FAIR / (FAIR + failed);
            pause(Math.clamp(longest, SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
        }
    }

    /// Changes an object, repeated until no other writer came between. Empty: there is no such
    /// object.
    ///
    /// @param write writes the second object if the first is still there; answers whether it was
    static <T> Optional<T> update(
            Supplier<Optional<T>> find, UnaryOperator<T> change, BiPredicate<T, T> write) {
        return untilAnswered(() -> {
            var found = find.get();
            if (found.isEmpty()) {
                return found;
            }
            var to = change.apply(found.get());
            return write.test(found.get(), to) ? Optional.of(to) : null;
        });
    }

    /// Waits until a throttled table may have capacity again, the longer the more attempts have
    /// failed.
    ///
    /// @throws IllegalStateException if that were too many
    static void pauseThrottled(int failed) {
        if (failed >= BUSY_ATTEMPTS) {
            throw new IllegalStateException("DynamoDB is busy: gave up after " + failed);
        }
        pause(SHORTEST_PAUSE_NANOS << Math.min(failed, BUSY_MOST_DOUBLINGS));
    }

    private static void pause(long longestNanos) {
        try {
            Thread.sleep(Duration.ofNanos(RANDOM.nextLong(longestNanos) + 1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two attempts", interrupted);
        }
    }
}
