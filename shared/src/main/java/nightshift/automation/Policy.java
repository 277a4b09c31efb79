package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/// What happens around an automation's runs.
///
/// @param overlap what an occurrence does that finds the last run not ended
/// @param retryAttempts how many further runs an occurrence gets after a failed one
/// @param retryDelay from the end of the first run to the first retry; doubled for each further one
/// @param pauseAfterFailures how many failed occurrences in a row pause the automation; 0: never
/// @param timeLimit how long a worker may take for a run; null: as long as its own limit allows
/// @param branch the branch of the runs; null: the repository's default
/// @param environment variables for the worker's command
public record Policy(
        Overlap overlap,
        int retryAttempts,
        Duration retryDelay,
        RetryOn retryOn,
        int pauseAfterFailures,
        @Nullable Duration timeLimit,
        @Nullable String branch,
        Map<String, String> environment) {
    /// Runs may overlap, and nothing is retried, paused or limited.
    public static final Policy DEFAULT =
            new Policy(
                    Overlap.ALLOW,
                    0,
                    Duration.ofMinutes(5),
                    RetryOn.TRANSIENT,
                    0,
                    null,
                    null,
                    Map.of());

    /// What an occurrence does that finds the automation's last run not ended.
    public enum Overlap {
        /// It starts a run all the same.
        ALLOW,
        /// It starts nothing.
        SKIP,
        /// It cancels that run and starts another.
        CANCEL_PREVIOUS;

        /// The choice with this text.
        ///
        /// @throws IllegalArgumentException if there is none
        public static Overlap of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        /// The choice as it stands on the wire and in the table, for example `cancel_previous`.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Which failures are retried.
    public enum RetryOn {
        /// Those that may not happen again: the worker said so, fell silent, or never came.
        TRANSIENT,
        /// All.
        ANY;

        /// The choice with this text.
        ///
        /// @throws IllegalArgumentException if there is none
        public static RetryOn of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        /// The choice as it stands on the wire and in the table, for example `any`.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Policy {
        environment = Map.copyOf(environment);
    }

    /// How long after the end of this attempt the next one starts.
    ///
    /// @param attempt the first run of an occurrence is attempt 1
    public Duration delayAfter(int attempt) {
        return retryDelay.multipliedBy(1L << (attempt - 1));
    }
}
