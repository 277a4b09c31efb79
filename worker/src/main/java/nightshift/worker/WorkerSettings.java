package nightshift.worker;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;

/// What can be chosen about a worker.
///
/// @param command for `sh -c`; null: the demonstration
/// @param limit how long the command may run
/// @param repositories what stands before `organization/repository` in a URL to clone from
public record WorkerSettings(
        QueuedRun run, @Nullable String command, Duration limit, String repositories, Pace pace) {
    /// Where the announced run is, unless it is the first argument.
    static final String RUN = "NIGHTSHIFT_RUN";

    private static final Duration LIMIT = Duration.ofHours(1);

    /// The settings of the program.
    ///
    /// @throws IllegalArgumentException in a sentence for whoever started it
    static WorkerSettings from(String[] arguments, Map<String, String> environment) {
        var run = arguments.length > 0 ? arguments[0] : environment.getOrDefault(RUN, "");
        if (run.isBlank()) {
            throw new IllegalArgumentException(
                    "Say which run: the detail of the event \"TaskRun Queued\", as the first"
                            + " argument or in "
                            + RUN
                            + ".");
        }
        var command = environment.getOrDefault("NIGHTSHIFT_WORKER_COMMAND", "");
        return new WorkerSettings(
                QueuedRun.parse(run),
                command.isBlank() ? null : command,
                limit(environment.get("NIGHTSHIFT_WORKER_LIMIT_SECONDS")),
                environment.getOrDefault("NIGHTSHIFT_WORKER_REPOSITORIES", "https://github.com/"),
                Pace.STANDARD);
    }

    private static Duration limit(@Nullable String seconds) {
        if (seconds == null || seconds.isBlank()) {
            return LIMIT;
        }
        try {
            var limit = Duration.ofSeconds(Long.parseLong(seconds.strip()));
            if (limit.isPositive()) {
                return limit;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new IllegalArgumentException(
                "NIGHTSHIFT_WORKER_LIMIT_SECONDS is no number of seconds: " + seconds);
    }
}
