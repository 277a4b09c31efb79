package nightshift.worker;

import nightshift.worker.command.CommandUser;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// The settings of a worker.
///
/// @param command for `sh -c`; null runs the demonstration
/// @param limit how long clone and command may take
/// @param repositories the URL prefix of `organization/repository`
/// @param emptyFolder whether the command runs in an empty folder if the clone fails
/// @param blocks whether lines that arrive together become one entry of the log
/// @param access what the command may use
public record WorkerSettings(
        QueuedRun run,
        @Nullable String command,
        Duration limit,
        String repositories,
        WorkerTiming timing,
        boolean emptyFolder,
        boolean blocks,
        CommandAccess access) {
    /// The variable for the announced run, if it is not the first argument.
    static final String RUN = "NIGHTSHIFT_RUN";

    private static final Duration LIMIT = Duration.ofHours(1);
    private static final Duration LEAST_KEEPING = Duration.ofSeconds(10);
    private static final Duration MOST_KEEPING = Duration.ofMinutes(10);

    /// With defaults for the rarely used settings.
    public WorkerSettings(
            QueuedRun run,
            @Nullable String command,
            Duration limit,
            String repositories,
            WorkerTiming timing) {
        this(run, command, limit, repositories, timing, false, false);
    }

    /// Without secrets, and with the worker's own user.
    public WorkerSettings(
            QueuedRun run,
            @Nullable String command,
            Duration limit,
            String repositories,
            WorkerTiming timing,
            boolean emptyFolder,
            boolean blocks) {
        this(run, command, limit, repositories, timing, emptyFolder, blocks, CommandAccess.NONE);
    }

    /// The settings of the program.
    ///
    /// @throws IllegalArgumentException with a message for the user
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
                WorkerTiming.STANDARD,
                choice(environment, "NIGHTSHIFT_WORKER_EMPTY_FOLDER", "refuse", "allow"),
                choice(environment, "NIGHTSHIFT_WORKER_LOG_ENTRIES", "lines", "blocks"),
                access(environment));
    }

    private static CommandAccess access(Map<String, String> environment) {
        var user = environment.getOrDefault("NIGHTSHIFT_WORKER_USER", "").strip();
        return new CommandAccess(
                user.isEmpty() ? null : CommandUser.named(user),
                file(environment, "NIGHTSHIFT_WORKER_SECRETS"),
                file(environment, "NIGHTSHIFT_WORKER_AWS_CONFIG"));
    }

    private static @Nullable Path file(Map<String, String> environment, String name) {
        var file = environment.getOrDefault(name, "");
        return file.isBlank() ? null : Path.of(file.strip()).toAbsolutePath();
    }

    /// Whether the command runs in an empty folder after a failed clone. The demonstration needs no
    /// repository.
    boolean allowsEmptyFolder() {
        return emptyFolder || command == null;
    }

    /// The time limit for uploading the artifacts, and for delivering the log.
    Duration keeping() {
        if (limit.compareTo(LEAST_KEEPING) < 0) {
            return LEAST_KEEPING;
        }
        return limit.compareTo(MOST_KEEPING) > 0 ? MOST_KEEPING : limit;
    }

    private static boolean choice(
            Map<String, String> environment, String name, String no, String yes) {
        var value = environment.getOrDefault(name, "").strip();
        if (value.isEmpty() || value.equals(no)) {
            return false;
        }
        if (value.equals(yes)) {
            return true;
        }
        throw new IllegalArgumentException(
                "%s is \"%s\": it can be \"%s\" or \"%s\".".formatted(name, value, no, yes));
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
            // reported below
        }
        throw new IllegalArgumentException(
                "NIGHTSHIFT_WORKER_LIMIT_SECONDS is no number of seconds: " + seconds);
    }
}
