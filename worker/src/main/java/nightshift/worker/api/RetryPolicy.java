package nightshift.worker.api;

import java.time.Duration;

/// The retry policy of calls to the API.
///
/// @param settled how long a call may still take effect after its answer was lost: the API's
///   timeout
/// @param firstPause before the first retry of a call; doubled for each further retry
/// @param patience how long a call is retried
public record RetryPolicy(Duration settled, Duration firstPause, Duration patience) {}
