package nightshift.worker;

import nightshift.worker.api.RetryPolicy;

import java.time.Duration;

/// How often the worker does what it does again and again.
///
/// @param append the shortest time between two appends, unless one is full
/// @param heartbeat between two signs of life, and so how soon a cancellation is noticed
/// @param grace what a command has to end by itself before it is killed
/// @param settled how long a call whose answer was lost may still take effect: the API's own limit
/// @param firstPause before the first repetition of a call; doubled from then on
/// @param patience how long a call is repeated before the API is given up
public record WorkerTiming(
        Duration append,
        Duration heartbeat,
        Duration grace,
        Duration settled,
        Duration firstPause,
        Duration patience) {

    /// What is right outside of tests.
    public static final WorkerTiming STANDARD =
            new WorkerTiming(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(3),
                    Duration.ofSeconds(30),
                    Duration.ofMillis(250),
                    Duration.ofMinutes(15));

    RetryPolicy retries() {
        return new RetryPolicy(settled, firstPause, patience);
    }
}
