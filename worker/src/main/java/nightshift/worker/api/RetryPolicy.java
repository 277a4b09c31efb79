package nightshift.worker.api;

import java.time.Duration;

/// How calls are repeated.
///
/// @param settled how long a call whose answer was lost may still take effect: the API's own limit
/// @param firstPause before the first repetition of a call; doubled from then on
/// @param patience how long a call is repeated before the API is given up
public record RetryPolicy(Duration settled, Duration firstPause, Duration patience) {}
