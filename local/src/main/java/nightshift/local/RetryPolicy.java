package nightshift.local;

import java.time.Duration;

/// The maximum age and the maximum number of retries of a delivery.
record RetryPolicy(Duration maximumAge, int maximumRetries) {
    /// AWS's default.
    static final RetryPolicy DEFAULT = new RetryPolicy(Duration.ofDays(1), 185);
}
