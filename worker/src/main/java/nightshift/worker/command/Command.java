package nightshift.worker.command;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A running program with all processes that it has started.
public final class Command {
    /// Receives the output.
    public interface Printed {
        /// A line, or a part of one.
        ///
        /// @param level `info` for standard output, `error` for standard error
        /// @param continues whether the next text of the same level is the same line
        void line(String level, String text, boolean continues);
    }

    /// Starts the program in its own session, detached from the worker's terminal.
    private static final String SESSION = "setsid";

    /// The variables that no command gets.
    private static final Pattern OF_THE_WORKER =
            Pattern.compile("NIGHTSHIFT_RUN|NIGHTSHIFT_WORKER_(SECRETS|USER|AWS_CONFIG)");

    /// The variables that another user does not get: credentials of the machine, and how to reach
    /// them.
    private static final Pattern OF_THE_MACHINE =
            Pattern.compile(
                    "NIGHTSHIFT_.*|WORKER_.*|CODEBUILD_.*|ECS_.*"
                            + "|AWS_(?!REGION|DEFAULT_REGION).*");

    private static final Duration STUCK = Duration.ofSeconds(5);
    private static final Duration PARTIAL = Duration.ofSeconds(1);

    /// Larger than the buffer of a pipe.
    private static final long MOST_AFTER_END = 4 << 20;

    private final Process process;
    private final ProcessTree processes;
    private final LineReader output;
    private final LineReader errors;
    private final Thread outputReader;
    private final Thread errorReader;
    private final Thread flusher;

    private Command(
            Process process,
            ProcessTree processes,
            SecretValues secrets,
            String input,
            Printed printed) {
        this.process = process;
        this.processes = processes;
        this.output =
                new LineReader(
                        process.getInputStream(),
                        (text, continues) -> printed.line("info", text, continues),
                        secrets);
        this.errors =
                new LineReader(
                        process.getErrorStream(),
                        (text, continues) -> printed.line("error", text, continues),
                        secrets);
        // Platform threads, because reading from the pipe of a process pins a virtual thread.
        this.outputReader = Thread.ofPlatform().daemon().start(output::drain);
        this.errorReader = Thread.ofPlatform().daemon().start(errors::drain);
        this.flusher = Thread.ofVirtual().start(this::flushParts);
        Thread.ofPlatform().daemon().start(() -> write(input));
    }

    /// How a program ended.
    public sealed interface End {
        record Exited(int code) implements End {}

        record TooLong() implements End {}
    }

    /// Where the programs of a run work, and as whom.
    ///
    /// @param home the run's own folder
    /// @param user null: the worker's own user
    /// @param secrets are masked in what the programs print
    public record Place(Path home, @Nullable CommandUser user, SecretValues secrets) {}

    /// Describes a program to start.
    ///
    /// @param folder the working directory
    /// @param variables added to the worker's own environment
    public record Start(
            List<String> program, Place place, Path folder, Map<String, String> variables) {}

    /// Starts a program.
    ///
    /// @param input for its standard input
    public static Command start(Start start, String input, Printed printed) throws IOException {
        var line = new ArrayList<String>();
        if (isInstalled(SESSION)) {
            line.add(SESSION);
        }
        var place = start.place();
        var user = place.user();
        var script = ShellScript.write(place.home(), start.variables(), start.program());
        if (user != null) {
            script.give(user);
            line.addAll(user.prefix());
        }
        line.addAll(script.commandLine());
        var builder = new ProcessBuilder(line).directory(start.folder().toFile());
        var hidden = user == null ? OF_THE_WORKER : OF_THE_MACHINE;
        builder.environment().keySet().removeIf(hidden.asMatchPredicate());
        var process = builder.start();
        return new Command(
                process,
                new ProcessTree(process, place.home(), user),
                place.secrets(),
                input,
                printed);
    }

    /// Waits until the program has ended and its output is read. Then stops all processes that it
    /// has started.
    ///
    /// @throws InterruptedException after the program was stopped
    public End await(Duration limit, Duration grace) throws InterruptedException {
        End end;
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            end = ended ? new End.Exited(process.exitValue()) : new End.TooLong();
        } catch (InterruptedException interrupted) {
            stop(grace);
            throw interrupted;
        }
        stop(grace);
        finish(outputReader, output);
        finish(errorReader, errors);
        flusher.interrupt();
        return end;
    }

    /// Stops the program and all processes that it has started: first SIGTERM, then SIGKILL.
    public void stop(Duration grace) throws InterruptedException {
        if (process.isAlive() && grace.isPositive()) {
            processes.terminate();
            process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
        }
        processes.kill();
    }

    /// Limits the wait: a process that was not found may keep the pipe open or fill it.
    private static void finish(Thread reader, LineReader lines) throws InterruptedException {
        long read = lines.characters();
        long idle = System.nanoTime();
        while (!reader.join(Duration.ofMillis(100))) {
            if (!lines.waiting()) {
                idle = System.nanoTime();
            }
            boolean stuck = System.nanoTime() - idle > STUCK.toNanos();
            if (stuck || lines.characters() - read > MOST_AFTER_END) {
                return;
            }
        }
    }

    private void flushParts() {
        try {
            while (outputReader.isAlive() || errorReader.isAlive()) {
                Thread.sleep(PARTIAL.dividedBy(4));
                output.flush(PARTIAL);
                errors.flush(PARTIAL);
            }
        } catch (InterruptedException ended) {
            // the output is not read any more
        }
    }

    private void write(String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException notRead) {
            // the program may not read its input
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
