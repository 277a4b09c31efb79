package nightshift.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The repository of a task in a folder, if it can be reached.
final class Checkout {
    private static final Duration LOOK = Duration.ofSeconds(20);
    private static final Duration CLONE = Duration.ofMinutes(10);

    private final String repositories;
    private final RunLogWriter log;

    Checkout(String repositories, RunLogWriter log) {
        this.repositories = repositories;
        this.log = log;
    }

    /// A shallow clone; a repository that cannot be reached leaves the folder empty.
    ///
    /// @param branch empty: the repository's own
    /// @throws IOException in a sentence for the run, if it can be reached but not cloned
    void into(Path folder, String repository, String branch) throws IOException {
        if (repository.isEmpty()) {
            return;
        }
        var url = repositories + repository + ".git";
        if (!git(folder, LOOK, List.of("ls-remote", "--quiet", url, "HEAD"))) {
            log.say(
                    "The repository %s cannot be reached: the command starts in an empty folder."
                            .formatted(repository));
            return;
        }
        var clone = new ArrayList<>(List.of("clone", "--quiet", "--depth=1"));
        if (!branch.isEmpty()) {
            clone.add("--branch=" + branch);
        }
        clone.add(url);
        clone.add(".");
        if (!git(folder, CLONE, clone)) {
            throw new IOException(
                    branch.isEmpty()
                            ? "The repository %s could not be cloned.".formatted(repository)
                            : "The branch %s of %s could not be cloned."
                                    .formatted(branch, repository));
        }
        log.say("Cloned " + repository + ".");
    }

    /// What git prints is not logged: it may show a credential of the machine.
    private static boolean git(Path folder, Duration limit, List<String> arguments) {
        var command = new ArrayList<>(List.of("git"));
        command.addAll(arguments);
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("GIT_TERMINAL_PROMPT", "0");
        try {
            var process = builder.start();
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue() == 0;
            }
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        } catch (IOException noGit) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
