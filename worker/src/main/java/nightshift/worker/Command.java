package nightshift.worker;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// A command while it runs, with everything that it started.
final class Command {
    /// Puts the command into a process group of its own, so that nothing it started outlives it.
    /// Where there is none (macOS), only those are found whose parents still live.
    private static final String GROUPING = "setsid";

    private static final Duration STUCK = Duration.ofSeconds(5);

    private final Process process;
    private final boolean grouped;
    private final Lines output;
    private final Lines errors;
    private final Thread outputReader;
    private final Thread errorReader;

    private Command(Process process, boolean grouped, String input, RunLogWriter log) {
        this.process = process;
        this.grouped = grouped;
        this.output =
                new Lines(
                        process.getInputStream(),
                        (text, continues) -> log.line("info", text, continues));
        this.errors =
                new Lines(
                        process.getErrorStream(),
                        (text, continues) -> log.line("error", text, continues));
        // Threads of the platform, because a read of a process's pipe holds its thread.
        this.outputReader = Thread.ofPlatform().daemon().start(output::drain);
        this.errorReader = Thread.ofPlatform().daemon().start(errors::drain);
        Thread.ofPlatform().daemon().start(() -> write(input));
    }

    /// How a command ended.
    sealed interface End {
        record Exited(int code) implements End {}

        record TooLong() implements End {}

        record Stopped() implements End {}
    }

    /// Starts a command in a folder.
    ///
    /// @param input for its standard input
    static Command start(
            List<String> command,
            Path folder,
            Map<String, String> environment,
            String input,
            RunLogWriter log)
            throws IOException {
        boolean grouped = isInstalled(GROUPING);
        var whole =
                grouped ? Stream.concat(Stream.of(GROUPING), command.stream()).toList() : command;
        var builder = new ProcessBuilder(whole).directory(folder.toFile());
        builder.environment().remove(WorkerSettings.RUN);
        builder.environment().putAll(environment);
        return new Command(builder.start(), grouped, input, log);
    }

    /// Waits until the command has ended and everything that it printed was taken.
    ///
    /// @param over completed when the command is to be stopped
    End await(Duration limit, CompletableFuture<?> over, Duration grace) {
        End end;
        try {
            CompletableFuture.anyOf(process.onExit(), over)
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            end = process.isAlive() ? new End.Stopped() : new End.Exited(process.exitValue());
        } catch (TimeoutException tooLong) {
            end = new End.TooLong();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            end = new End.Stopped();
        }
        stop(grace);
        finish(outputReader, output);
        finish(errorReader, errors);
        return end;
    }

    /// Ends the command and what it has started: politely, then for certain.
    void stop(Duration grace) {
        var others = process.descendants().toList();
        if (process.isAlive()) {
            signal("TERM", others);
            try {
                process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        signal("KILL", others);
    }

    /// By handles, because a process that is destroyed itself loses what it printed last.
    private void signal(String name, List<ProcessHandle> others) {
        boolean force = name.equals("KILL");
        if (grouped) {
            run("kill -s " + name + " -- -" + process.pid());
        }
        if (force) {
            others.forEach(ProcessHandle::destroyForcibly);
            process.toHandle().destroyForcibly();
        } else {
            others.forEach(ProcessHandle::destroy);
            process.toHandle().destroy();
        }
    }

    private static void run(String script) {
        try {
            new ProcessBuilder("sh", "-c", script)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException noShell) {
            // the processes that are known are ended all the same
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// A reader that waits for a writer although all that we know of are dead is left behind.
    private static void finish(Thread reader, Lines lines) {
        try {
            long idle = System.nanoTime();
            while (!reader.join(Duration.ofMillis(100))) {
                if (!lines.waiting()) {
                    idle = System.nanoTime();
                } else if (System.nanoTime() - idle > STUCK.toNanos()) {
                    return;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException notRead) {
            // a command need not read its input
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
