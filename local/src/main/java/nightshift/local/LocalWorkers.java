package nightshift.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.worker.WorkerMain;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Starts the reference worker for each queued run, as CodeBuild does on AWS. Each worker is a
/// process; a few run at a time.
final class LocalWorkers implements AutoCloseable {
    /// The target of the rule on the bus.
    static final String ARN = LocalAccount.arn("codebuild", "project/worker");

    static final String PATTERN =
            """
            {"source": ["nightshift"], "detail-type": ["TaskRun Queued"]}\
            """;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int AT_ONCE = 2;
    private static final int SECONDS_TO_STOP = 5;

    private final URI api;
    private final Map<String, String> environment;
    private final Consumer<String> lines;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Set<Process> running = ConcurrentHashMap.newKeySet();

    /// Starts workers for the runs of this API.
    ///
    /// @param environment variables that are added to those of this process
    /// @param lines receives the output of the workers
    LocalWorkers(URI api, Map<String, String> environment, Consumer<String> lines) {
        this.api = api;
        this.environment = Map.copyOf(environment);
        this.lines = lines;
    }

    /// Starts a worker for a run as soon as fewer than the maximum are running.
    void start(String event) throws IOException, InterruptedException {
        var run = announced(event);
        places.acquire();
        try {
            var builder =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-Xmx256m",
                                    "-classpath",
                                    System.getProperty("java.class.path"),
                                    WorkerMain.class.getName())
                            .redirectErrorStream(true);
            builder.environment().putAll(environment);
            builder.environment().put("NIGHTSHIFT_RUN", run);
            var process = builder.start();
            running.add(process);
            var _ =
                    process.onExit()
                            .thenRun(() -> {
                                running.remove(process);
                                places.release();
                            });
            Thread.startVirtualThread(() -> forward(process));
        } catch (IOException | RuntimeException failed) {
            places.release();
            throw failed;
        }
    }

    @Override
    public void close() {
        running.forEach(Process::destroy);
        try {
            for (var process : running) {
                if (!process.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// The part of the event that a worker needs. The prompt is left out, because it may be too
    /// long for an environment variable. The URL is that of the local run; the template's is that
    /// of a deployment.
    private String announced(String event) throws IOException {
        var detail = (ObjectNode) JSON.readTree(event).path("detail");
        return detail.retain(List.of("project_id", "task_id", "run_id", "claim_token"))
                .put("api_url", api.toString())
                .toString();
    }

    private void forward(Process process) {
        try (var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output.lines().map("worker: "::concat).forEach(lines);
        } catch (IOException | UncheckedIOException _) {
            // the worker was stopped
        }
    }
}
