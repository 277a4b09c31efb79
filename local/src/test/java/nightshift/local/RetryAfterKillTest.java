package nightshift.local;

import static nightshift.local.LocalFixture.AUTOMATIONS;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.StreamSupport;

/// A command that fails twice for the time being is retried, also if the local run is killed again
/// and again. The local run is a process of its own, with a clock that this test moves.
@Timeout(900)
class RetryAfterKillTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir private Path folder;
    private final List<ProcessHandle> workers = new ArrayList<>();
    private Optional<Process> server = Optional.empty();
    private int port;

    @BeforeEach
    void choosePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
    }

    @AfterEach
    void close() {
        kill();
        workers.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void one_occurrence_has_three_runs_and_a_success_whenever_it_is_killed() throws IOException {
        var day = Instant.now().truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
        var ten = day.plus(Duration.ofHours(10));
        moveClockTo(ten.minus(Duration.ofHours(1)));
        start();
        var automation = create();
        moveClockTo(ten);
        until(() -> statuses(automation).equals(List.of("failed")));
        kill(); // before or after the retry has become a schedule
        moveClockTo(ten.plus(Duration.ofMinutes(5)));

        start();
        until(() -> attempts() == 2);
        kill(); // while the command runs; the worker goes on

        start();
        Files.createFile(folder.resolve("go"));
        until(() -> statuses(automation).equals(List.of("failed", "failed")));
        moveClockTo(ten.plus(Duration.ofMinutes(20)));
        until(() -> statuses(automation).equals(List.of("completed", "failed", "failed")));
        assertThat(attempts()).isEqualTo(3);
        var path = AUTOMATIONS + automation + "/";
        assertThat(get(path + "occurrences/").path("results"))
                .singleElement()
                .satisfies(occurrence -> {
                    assertThat(occurrence.path("status").asText()).isEqualTo("started");
                    assertThat(occurrence.path("attempt").asInt()).isEqualTo(3);
                    assertThat(occurrence.path("run_status").asText()).isEqualTo("completed");
                });
        assertThat(get(path).path("last_run_status").asText()).isEqualTo("success");
        assertThat(get(path + "policy/").path("failures_in_a_row").asInt()).isZero();
    }

    /// Creates an automation of 10:00, waits for its schedule, and returns its id.
    private String create() {
        var created =
                call(
                        "POST",
                        AUTOMATIONS,
                        """
                        {"name": "nightly", "prompt": "check", "repository": "acme/api",
                         "cron_expression": "0 10 * * *"}
                        """);
        var path = AUTOMATIONS + created.path("id").asText() + "/";
        call("PATCH", path + "policy/", "{\"retry_attempts\": 3, \"retry_delay_seconds\": 60}");
        until(() -> get(path + "schedule/").path("sync").path("status").asText().equals("synced"));
        return created.path("id").asText();
    }

    /// How the runs of the automation stand, newest first.
    private List<String> statuses(String automation) {
        var task = get(AUTOMATIONS + automation + "/").path("last_task_id").asText();
        var runs = get("/api/projects/1/tasks/" + task + "/runs/").path("results");
        return StreamSupport.stream(runs.spliterator(), false)
                .map(run -> run.path("status").asText())
                .toList();
    }

    /// How often the command was started.
    private int attempts() {
        var attempts = folder.resolve("attempts");
        try {
            return Files.exists(attempts) ? Files.readAllLines(attempts).size() : 0;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void moveClockTo(Instant time) throws IOException {
        var written = folder.resolve("clock.new");
        Files.writeString(written, Duration.between(Instant.now(), time).toString());
        Files.move(written, folder.resolve("clock"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void start() throws IOException {
        var java = ProcessHandle.current().info().command().orElse("java");
        var path =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        var output = folder.resolve("output").toFile();
        Files.deleteIfExists(output.toPath());
        var started =
                new ProcessBuilder(
                                java,
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-classpath",
                                path,
                                KillableLocalRun.class.getName(),
                                folder.toString(),
                                String.valueOf(port))
                        .directory(ROOT.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output)
                        .start();
        server = Optional.of(started);
        until(() -> !started.isAlive() || read(output.toPath()).contains("It runs."));
        assertThat(started.isAlive()).as(read(output.toPath())).isTrue();
    }

    private void kill() {
        server.ifPresent(process -> {
            process.descendants().forEach(workers::add);
            process.destroyForcibly();
            try {
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        server = Optional.empty();
    }

    private JsonNode get(String path) {
        return call("GET", path, "");
    }

    private JsonNode call(String method, String path, String body) {
        var api = URI.create("http://127.0.0.1:" + port);
        var key =
                read(folder.resolve("state").resolve("keys.env"))
                        .lines()
                        .filter(line -> line.contains("phx_"))
                        .findFirst()
                        .orElseThrow()
                        .replaceAll(".*(phx_\\w+).*", "$1");
        try (var client = new ApiClient(api, key)) {
            var request =
                    HttpRequest.newBuilder(api.resolve(path))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .header("Authorization", "Bearer " + key)
                            .header("Content-Type", "application/json")
                            .build();
            var answer = client.send(request);
            assertThat(answer.statusCode()).as(method + " " + path).isBetween(200, 299);
            return ApiClient.json(answer);
        }
    }

    private static void until(BooleanSupplier condition) {
        Waiting.until(condition, PATIENCE);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /// The local run, with workers whose command fails until it has been started three times.
    static final class KillableLocalRun {
        private KillableLocalRun() {}

        public static void main(String[] arguments) throws InterruptedException {
            var folder = Path.of(arguments[0]);
            var settings = Settings.forTest(Path.of("template.yaml"), folder.resolve("state"));
            var ports = new EnumMap<>(settings.ports());
            ports.put(Port.API, Integer.valueOf(arguments[1]));
            var command =
                    """
                    cd %s
                    echo attempt >> attempts
                    [ $(wc -l < attempts) -ge 2 ] || exit 75
                    while [ ! -e go ]; do sleep 0.1; done
                    [ $(wc -l < attempts) -ge 3 ] || exit 75
                    """
                            .formatted(folder);
            var worker =
                    Map.of(
                            "NIGHTSHIFT_WORKER_COMMAND",
                            command,
                            "NIGHTSHIFT_WORKER_REPOSITORIES",
                            folder.toUri().toString(),
                            "NIGHTSHIFT_WORKER_EMPTY_FOLDER",
                            "allow");
            LocalServer.start(
                    new Settings(
                                    settings.template(),
                                    settings.state(),
                                    ports,
                                    new MovedClock(folder.resolve("clock")),
                                    settings.retryPauses(),
                                    settings.streamPoll())
                            .withWorker(worker),
                    System.out::println);
            System.out.println("It runs.");
            Thread.currentThread().join();
        }
    }

    /// The machine's clock, moved by what a file says.
    private static final class MovedClock extends Clock {
        private final Path offset;

        private MovedClock(Path offset) {
            this.offset = offset;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(Duration.parse(read(offset)));
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return Clock.fixed(instant(), zone);
        }
    }
}
