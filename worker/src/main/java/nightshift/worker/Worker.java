package nightshift.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Does the work of one run: claims it, runs the command on it, reports what came of it.
public final class Worker {
    private static final int MOST_ARTIFACTS = 100;
    private static final long LARGEST_ARTIFACT = 30 << 20;

    /// How it went, and the program's exit code.
    public enum Ending {
        COMPLETED(0),
        /// The run is somebody else's, or waits no more.
        NOT_OURS(0),
        FAILED(1),
        /// The run was cancelled, or failed by its lease.
        RUN_OVER(3),
        /// The API cannot be reached, so nothing could be reported.
        UNREPORTED(2);

        private final int exitCode;

        Ending(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private final WorkerSettings settings;
    private final RunApi api;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean(true);
    private volatile @Nullable Command command;

    public Worker(WorkerSettings settings) {
        this.settings = settings;
        this.api = new RunApi(settings.run(), settings.pace());
    }

    /// Works until the run has ended.
    public Ending work() {
        try {
            var run = api.claim();
            if (run.isEmpty()) {
                return Ending.NOT_OURS;
            }
            ended.set(false);
            return worked(run.get());
        } catch (RunOver runOver) {
            return Ending.RUN_OVER;
        } catch (Unreachable | Refused failed) {
            System.err.println(failed.getMessage());
            return Ending.UNREPORTED;
        } finally {
            ended.set(true);
        }
    }

    /// Stops the command and says so, as far as there is time: the worker itself is being stopped.
    public void abandon() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        var running = command;
        if (running != null) {
            running.stop(Duration.ZERO);
        }
        try {
            api.end(failure("The worker was stopped."));
        } catch (RunOver | RuntimeException failed) {
            System.err.println("The run could not be ended: " + failed.getMessage());
        }
    }

    private Ending worked(JsonNode run) throws RunOver {
        var folder = temporary();
        var heart = Thread.ofVirtual().name("heartbeat").start(this::beat);
        try {
            var log = new RunLogWriter(api, settings.run().runId(), settings.pace());
            var unused = log.broken().thenRun(() -> over.complete(null));
            var reason = reasonOfFailure(folder, run, log);
            log.close();
            if (over.isDone()) {
                throw new RunOver();
            }
            if (!ended.compareAndSet(false, true)) {
                return Ending.FAILED; // abandoned meanwhile
            }
            return report(reason, folder.resolve("output.json"));
        } finally {
            heart.interrupt();
            delete(folder);
        }
    }

    /// Runs the command and keeps the files that it leaves.
    ///
    /// @return null: it did well
    private @Nullable String reasonOfFailure(Path folder, JsonNode run, RunLogWriter log)
            throws RunOver {
        try {
            var task = api.task();
            var repository = task.path("repository").asText("");
            var branch = run.path("branch").asText("");
            var work = Files.createDirectory(folder.resolve("work"));
            var artifacts = Files.createDirectory(folder.resolve("artifacts"));
            new Checkout(settings.repositories(), log).into(work, repository, branch);
            var prompt = task.path("description").asText("");
            var environment = new HashMap<String, String>();
            environment.put("NIGHTSHIFT_PROMPT", prompt);
            environment.put("NIGHTSHIFT_REPOSITORY", repository);
            environment.put("NIGHTSHIFT_BRANCH", branch);
            environment.put("NIGHTSHIFT_RUN_ID", settings.run().runId().toString());
            environment.put("NIGHTSHIFT_TASK_ID", settings.run().taskId().toString());
            environment.put(
                    "NIGHTSHIFT_RESUME_FROM_RUN_ID",
                    run.path("state").path("resume_from_run_id").asText(""));
            environment.put("NIGHTSHIFT_ARTIFACTS", artifacts.toString());
            environment.put("NIGHTSHIFT_OUTPUT", folder.resolve("output.json").toString());
            environment.put("NIGHTSHIFT_JSON_SCHEMA", schema(task));
            var end = run(work, Map.copyOf(environment), prompt, log);
            if (!(end instanceof Command.End.Stopped)) {
                keep(artifacts, log);
            }
            var schemaUnmet =
                    task.path("json_schema").isObject()
                            && !Files.exists(folder.resolve("output.json"));
            return switch (end) {
                case Command.End.Exited exited when exited.code() == 0 ->
                        schemaUnmet
                                ? "The task asks for an output, and the command left none."
                                : null;
                case Command.End.Exited exited when exited.code() > 128 ->
                        "The command was killed by signal %d.".formatted(exited.code() - 128);
                case Command.End.Exited exited ->
                        "The command exited with %d.".formatted(exited.code());
                case Command.End.TooLong tooLong ->
                        "The command was stopped: it ran longer than its limit of %s."
                                .formatted(words(settings.limit()));
                case Command.End.Stopped stopped -> "The command was stopped.";
            };
        } catch (IOException failed) {
            return failed.getMessage() == null ? "The command did not start." : failed.getMessage();
        }
    }

    private Command.End run(
            Path work, Map<String, String> environment, String prompt, RunLogWriter log)
            throws IOException {
        var started = Command.start(commandLine(), work, environment, prompt, log);
        command = started;
        try {
            return started.await(settings.limit(), over, settings.pace().grace());
        } finally {
            command = null;
        }
    }

    private List<String> commandLine() {
        if (settings.command() != null) {
            return List.of("sh", "-c", settings.command());
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                Demonstration.class.getName());
    }

    /// Uploads the files of a folder, at most as many as a run can reasonably show.
    private void keep(Path folder, RunLogWriter log) throws RunOver, IOException {
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files =
                    all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                            .sorted()
                            .toList();
        }
        for (int i = 0; i < files.size(); i++) {
            var file = files.get(i);
            var name = folder.relativize(file).toString();
            long size = Files.size(file);
            if (i >= MOST_ARTIFACTS) {
                log.say("%s was not kept: there are too many files.".formatted(name));
            } else if (size == 0) {
                log.say("%s was not kept: it is empty.".formatted(name));
            } else if (size > LARGEST_ARTIFACT) {
                log.say("%s was not kept: it is larger than 30 MiB.".formatted(name));
            } else {
                try {
                    api.keep(file, shortened(name), contentType(name));
                } catch (Refused refused) {
                    log.say("%s was not kept: %s".formatted(name, refused.getMessage()));
                }
            }
        }
    }

    private Ending report(@Nullable String reason, Path outputFile) throws RunOver {
        var output = Files.exists(outputFile) ? output(outputFile) : null;
        if (reason == null && Files.exists(outputFile) && output == null) {
            reason = "The output that the command left is no JSON.";
        }
        if (reason == null && output != null) {
            try {
                api.output(output);
            } catch (Refused refused) {
                reason = String.valueOf(refused.getMessage());
                output = null;
            }
        }
        if (reason == null) {
            end(RunApi.JSON.createObjectNode().put("status", "completed"));
            return Ending.COMPLETED;
        }
        var failure = failure(reason);
        if (output != null) {
            failure.set("output", output);
        }
        end(failure);
        return Ending.FAILED;
    }

    /// A dead key says that the run is over, which is what was to be said: the answer was lost, or
    /// the output completed the run.
    private void end(ObjectNode ending) {
        try {
            api.end(ending);
        } catch (RunOver alreadyOver) {
            System.out.println("The run was over before its end was reported.");
        }
    }

    private static ObjectNode failure(String reason) {
        return RunApi.JSON.createObjectNode().put("status", "failed").put("error_message", reason);
    }

    private static @Nullable JsonNode output(Path file) {
        try {
            var output = RunApi.JSON.readTree(Files.readAllBytes(file));
            return output.isMissingNode() ? null : output;
        } catch (IOException notJson) {
            return null;
        }
    }

    private static String schema(JsonNode task) {
        try {
            return task.path("json_schema").isObject()
                    ? RunApi.JSON.writeValueAsString(task.path("json_schema"))
                    : "";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// A command that prints nothing for long is alive all the same; one whose run is over is not
    /// wanted any more.
    private void beat() {
        try {
            while (true) {
                Thread.sleep(settings.pace().heartbeat());
                api.heartbeat();
            }
        } catch (RunOver runOver) {
            over.complete(null);
        } catch (Refused refused) {
            System.err.println("The API takes no sign of life: " + refused.getMessage());
        } catch (Unreachable | InterruptedException stopped) {
            // the run has ended here
        }
    }

    private static String shortened(String name) {
        return name.length() <= 255 ? name : name.substring(name.length() - 255);
    }

    private static String contentType(String name) {
        if (name.endsWith(".md")) {
            return "text/markdown";
        }
        var guessed = URLConnection.guessContentTypeFromName(name);
        return guessed == null ? "application/octet-stream" : guessed;
    }

    private static String words(Duration limit) {
        return limit.toMinutes() > 0
                ? limit.toMinutes() + " minutes"
                : limit.toSeconds() + " seconds";
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("nightshift-");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path folder) {
        try (var all = Files.walk(folder)) {
            for (var file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException left) {
            System.err.println("Not everything was deleted in " + folder);
        }
    }
}
