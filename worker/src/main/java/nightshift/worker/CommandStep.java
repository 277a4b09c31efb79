package nightshift.worker;

import nightshift.worker.api.ClaimedRun;
import nightshift.worker.api.RunLogWriter;
import nightshift.worker.command.Command;
import nightshift.worker.command.GitClone;
import nightshift.worker.command.GitClone.CannotClone;
import nightshift.worker.command.GitCredentials;
import nightshift.worker.command.SecretValues;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The main step: the clone, then the command. Both share one time limit.
final class CommandStep {
    /// Linux limits one variable to 128 KiB.
    private static final int LONGEST_VARIABLE = 120_000;

    /// `EX_TEMPFAIL` of sysexits: the command asks to be tried again later.
    private static final int TEMPORARY_FAILURE = 75;

    private final WorkerSettings settings;
    private final ClaimedRun run;
    private final RunFolder folder;
    private final Map<String, String> secrets;
    private final Command.Place place;
    private final RunLogWriter log;
    private volatile @Nullable Command command;
    private volatile boolean temporary;

    /// @param secrets variables of the command
    CommandStep(
            WorkerSettings settings,
            ClaimedRun run,
            RunFolder folder,
            Map<String, String> secrets,
            RunLogWriter log) {
        this.settings = settings;
        this.secrets = secrets;
        this.place =
                new Command.Place(
                        folder.home(),
                        settings.access().user(),
                        new SecretValues(secrets.values()));
        this.run = run;
        this.folder = folder;
        this.log = log;
    }

    /// The reason of the failure, or empty after a success.
    Optional<String> run() throws InterruptedException {
        var deadline = Instant.now().plus(limit());
        if (!run.repository().isEmpty()) {
            try {
                new GitClone(
                                settings.repositories(),
                                place,
                                gitVariables(),
                                deadline,
                                git -> command = git)
                        .into(folder.work(), run.repository(), run.branch());
                log.addMessage("Cloned " + run.repository() + ".");
            } catch (CannotClone failed) {
                if (!settings.allowsEmptyFolder()) {
                    temporary = failed.isTemporary();
                    return Optional.of(String.valueOf(failed.getMessage()));
                }
                log.addMessage(failed.getMessage() + " The command starts in an empty folder.");
            }
        }
        try {
            return ending(await(deadline));
        } catch (IOException failed) {
            return Optional.of("The command did not start: " + failed.getMessage());
        }
    }

    /// The limit of the worker or of the automation's policy, whichever is shorter.
    Duration limit() {
        var own = settings.limit();
        var wanted = run.timeLimit();
        return wanted == null || own.compareTo(wanted) < 0 ? own : wanted;
    }

    /// Whether the failure may not happen again: the command said so, or the clone failed on the
    /// network.
    boolean isTemporary() {
        return temporary;
    }

    /// Stops the command or git at once.
    void kill() throws InterruptedException {
        var running = command;
        if (running != null) {
            running.stop(Duration.ZERO);
        }
    }

    private Command.End await(Instant deadline) throws IOException, InterruptedException {
        var start = new Command.Start(program(), place, folder.work(), variables());
        var started = Command.start(start, run.prompt(), log::line);
        command = started;
        var left = Duration.between(Instant.now(), deadline);
        return started.await(left.isNegative() ? Duration.ZERO : left, settings.timing().grace());
    }

    private Optional<String> ending(Command.End end) {
        temporary = end instanceof Command.End.Exited(int code) && code == TEMPORARY_FAILURE;
        return switch (end) {
            case Command.End.Exited exited when exited.code() == 0 -> Optional.empty();
            case Command.End.Exited exited -> Optional.of(RunMessages.of(exited));
            case Command.End.TooLong tooLong -> Optional.of(RunMessages.tooLong(limit()));
        };
    }

    private List<String> program() {
        if (settings.command() != null) {
            return List.of("sh", "-c", settings.command());
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dstdout.encoding=UTF-8",
                "-classpath",
                System.getProperty("java.class.path"),
                DemoCommand.class.getName());
    }

    private Map<String, String> variables() {
        var variables = new HashMap<>(run.environment());
        variables.put("NIGHTSHIFT_PROMPT", run.prompt());
        variables.put("NIGHTSHIFT_REPOSITORY", run.repository());
        variables.put("NIGHTSHIFT_BRANCH", run.branch());
        variables.put("NIGHTSHIFT_RUN_ID", settings.run().runId().toString());
        variables.put("NIGHTSHIFT_TASK_ID", settings.run().taskId().toString());
        variables.put("NIGHTSHIFT_RESUME_FROM_RUN_ID", run.resumeFromRunId());
        variables.put("NIGHTSHIFT_ARTIFACTS", folder.artifacts().toString());
        variables.put("NIGHTSHIFT_OUTPUT", folder.output().toString());
        variables.put("NIGHTSHIFT_JSON_SCHEMA", run.jsonSchema());
        variables.replaceAll((name, value) -> {
            if (value.getBytes(StandardCharsets.UTF_8).length <= LONGEST_VARIABLE) {
                return value;
            }
            log.addMessage(name + " is empty: its value is too long for a variable.");
            return "";
        });
        variables.putAll(accessVariables());
        variables.putAll(gitVariables());
        variables.putAll(secrets);
        return Map.copyOf(variables);
    }

    /// What a user of the command's own finds instead of the worker's home and configuration.
    private Map<String, String> accessVariables() {
        var variables = new HashMap<String, String>();
        var access = settings.access();
        var user = access.user();
        if (user != null) {
            variables.put("HOME", folder.own().toString());
            variables.put("TMPDIR", folder.own().toString());
            variables.put("USER", user.name());
            variables.put("LOGNAME", user.name());
        }
        if (access.awsConfig() != null) {
            variables.put("AWS_CONFIG_FILE", access.awsConfig().toString());
        }
        return variables;
    }

    private Map<String, String> gitVariables() {
        var variables = new HashMap<>(accessVariables());
        var token = secrets.get(GitCredentials.TOKEN);
        if (token != null) {
            variables.put(GitCredentials.TOKEN, token);
            variables.putAll(GitCredentials.variables(settings.repositories(), secrets));
        }
        return variables;
    }
}
