package nightshift.worker;

import nightshift.worker.api.RetryPolicy;

import java.time.Duration;

/// The intervals and timeouts of the worker.
///
/// @param append the shortest time between two appends, unless one is full
/// @param heartbeat between two heartbeats; also the delay until a cancellation is noticed
/// @param grace between SIGTERM and SIGKILL for a command
/// @param settled how long a call may still take effect after its answer was lost: the API's
///   timeout
/// @param firstPause before the first retry of a call; doubled for each further retry
/// @param patience how long a call is retried
public record WorkerTiming(
        Duration append,
        Duration heartbeat,
        Duration grace,
        Duration settled,
        Duration firstPause,
        Duration patience) {

    /// The values for production.
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
