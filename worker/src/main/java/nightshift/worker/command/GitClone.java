package nightshift.worker.command;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Clones a task's repository with git.
public final class GitClone {
    private static final Pattern COMMIT_ID = Pattern.compile("[0-9a-fA-F]{7,64}");

    /// What git and curl say of a network or a server that failed, in English.
    private static final Pattern NETWORK =
            Pattern.compile(
                    "could ?n[o']t resolve host|temporary failure in name resolution"
                            + "|(could not|couldn't|failed to) connect|connection (refused|reset|timed out|closed)"
                            + "|timed out|timeout (was reached|after|waiting)|network is unreachable|no route to host"
                            + "|unexpected disconnect|early eof|hung up unexpectedly|rpc failed"
                            + "|empty reply from server|returned error: (429|5[0-9][0-9])"
                            + "|(tls|ssl)[^.']*[ _](error|reset|closed|timeout|syscall)",
                    Pattern.CASE_INSENSITIVE);

    private static final Duration GRACE = Duration.ofSeconds(1);

    /// English messages, because they are shown, and no interactive prompts.
    private static final Map<String, String> VARIABLES =
            Map.of("LC_ALL", "C", "LANGUAGE", "", "GIT_TERMINAL_PROMPT", "0");

    /// A shallow clone follows one branch. With all of them, git records which ones are pushed.
    private static final List<String> FOLLOW_ALL_BRANCHES =
            List.of("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");

    private final String repositories;
    private final Command.Place place;
    private final Map<String, String> variables;
    private final Instant deadline;
    private final Consumer<Command> started;

    /// The clone failed. The message is a sentence for the run.
    public static final class CannotClone extends Exception {
        private static final long serialVersionUID = 1;

        private final boolean temporary;

        private CannotClone(String reason, boolean temporary) {
            super(reason);
            this.temporary = temporary;
        }

        /// Whether the network or the server failed, so that a later clone may succeed.
        public boolean isTemporary() {
            return temporary;
        }
    }

    /// The lines in which git reports an error.
    private record Failure(String words) {}

    /// Describes a clone.
    ///
    /// @param repositories the URL prefix of `organization/repository`
    /// @param credentials variables for git
    /// @param started receives each git process, so that it can be stopped
    public GitClone(
            String repositories,
            Command.Place place,
            Map<String, String> credentials,
            Instant deadline,
            Consumer<Command> started) {
        this.repositories = repositories;
        this.place = place;
        this.variables = new HashMap<>(credentials);
        this.variables.putAll(VARIABLES);
        this.deadline = deadline;
        this.started = started;
    }

    /// Makes a shallow clone.
    ///
    /// @param branch a branch, a tag or a commit id, or empty for the default branch
    public void into(Path folder, String repository, String branch)
            throws CannotClone, InterruptedException {
        try {
            var git = new Git(folder);
            var url = repositories + repository + ".git";
            var failure = git.clone(url, branch);
            if (failure != null && COMMIT_ID.matcher(branch).matches()) {
                failure = git.checkOut(url, branch);
            }
            if (failure == null) {
                failure = git.run(FOLLOW_ALL_BRANCHES);
            }
            if (failure != null) {
                throw new CannotClone(
                        "%s could not be cloned: %s"
                                .formatted(
                                        branch.isEmpty()
                                                ? "The repository " + repository
                                                : "The branch %s of %s"
                                                        .formatted(branch, repository),
                                        failure.words()),
                        isOfNetwork(failure.words(), branch));
            }
        } catch (IOException failed) {
            throw new CannotClone(
                    "The repository %s could not be cloned: %s"
                            .formatted(repository, failed.getMessage()),
                    false);
        }
    }

    /// What is quoted, and the branch, are names: `acme/timeout` says nothing of the network.
    private static boolean isOfNetwork(String words, String branch) {
        var unnamed = words.replaceAll("'[^']*'", "");
        return NETWORK.matcher(branch.isEmpty() ? unnamed : unnamed.replace(branch, "")).find();
    }

    /// Runs git in one folder.
    private final class Git {
        private final Path folder;

        Git(Path folder) {
            this.folder = folder;
        }

        @Nullable Failure clone(String url, String branch)
                throws IOException, InterruptedException {
            var arguments = new ArrayList<>(List.of("clone", "--quiet", "--depth=1"));
            if (!branch.isEmpty()) {
                arguments.add("--branch=" + branch);
            }
            arguments.addAll(List.of("--", url, "."));
            return run(arguments);
        }

        /// Fetches a commit. Some servers refuse a commit id, then all branches are fetched.
        @Nullable Failure checkOut(String url, String commit)
                throws IOException, InterruptedException {
            var failure = run(List.of("init", "--quiet"));
            if (failure == null) {
                failure = run(List.of("remote", "add", "--", "origin", url));
            }
            if (failure == null
                    && run(List.of("fetch", "--quiet", "--depth=1", "origin", commit)) != null) {
                failure = run(List.of("fetch", "--quiet", "--tags", "origin"));
            }
            return failure == null
                    ? run(List.of("checkout", "--quiet", "--detach", commit))
                    : failure;
        }

        @Nullable Failure run(List<String> arguments) throws IOException, InterruptedException {
            var program = new ArrayList<>(List.of("git"));
            program.addAll(arguments);
            var words = new GitOutput();
            var start = new Command.Start(program, place, folder, variables);
            var git = Command.start(start, "", words);
            started.accept(git);
            var left = Duration.between(Instant.now(), deadline);
            var end = git.await(left.isNegative() ? Duration.ZERO : left, GRACE);
            return switch (end) {
                case Command.End.Exited exited when exited.code() == 0 -> null;
                case Command.End.Exited exited -> new Failure(words.of(exited.code()));
                case Command.End.TooLong tooLong -> new Failure("git did not end in time.");
            };
        }
    }
}
