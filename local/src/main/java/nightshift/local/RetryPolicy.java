package nightshift.local;

import java.time.Duration;

/// How long and how often a failed delivery is tried again.
record RetryPolicy(Duration maximumAge, int maximumRetries) {
    /// What AWS does unless told otherwise.
    static final RetryPolicy DEFAULT = new RetryPolicy(Duration.ofDays(1), 185);
}
