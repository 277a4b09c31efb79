package nightshift.local;

import static nightshift.local.LocalFixture.AUTOMATIONS;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.scheduler.SchedulerClient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Starts, stops and kills the local run as a process.
class LocalMainTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path folder;
    private final Map<Port, Integer> ports = new EnumMap<>(Port.class);
    private final List<Process> started = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        started.forEach(Process::destroyForcibly);
        http.close();
    }

    @Test
    void killed_in_a_burst_it_has_all_that_it_answered_and_makes_the_schedules_agree()
            throws Exception {
        choosePorts();
        var first = start();
        awaitGreeting(first);
        var answered = new ConcurrentSkipListSet<String>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < 4; client++) {
                clients.execute(() -> burst(answered));
            }
            await(() -> answered.size() >= 20);
            first.destroyForcibly();
            assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        var second = start();
        awaitGreeting(second);
        await(() -> rows().equals(schedules()));

        assertThat(ids()).containsAll(answered);
        assertThat(answered).hasSizeGreaterThanOrEqualTo(20);
    }

    @Test
    void killed_while_logs_are_written_it_has_every_line_that_it_answered() throws Exception {
        choosePorts();
        var first = start();
        var key = keys(awaitGreeting(first)).getFirst();
        var answered = new ConcurrentSkipListSet<String>();
        try (var client = new ApiClient(api(), key);
                var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            var run = client.run(client.task());
            for (int n = 0; n < 8; n++) {
                String writer = "{\"w\":" + n + ",\"n\":";
                writers.execute(() -> appendFrom(client, run, writer, 0, 1_000_000, answered));
            }
            await(() -> answered.size() >= 40);
            client.patched(run, "{\"status\": \"completed\"}");
            await(() -> answered.size() >= 80);
            var read = client.log(run);
            first.destroyForcibly();
            assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();

            awaitGreeting(start());
            var found = client.log(run);
            assertThat(found).startsWith(read);
            assertThat(found.lines().toList()).doesNotHaveDuplicates().containsAll(answered);
            for (int n = 0; n < 8; n++) {
                String writer = "{\"w\":" + n + ",\"n\":";
                var mine = found.lines().filter(line -> line.startsWith(writer)).toList();
                var inOrder = new ArrayList<String>();
                for (int m = 0; m < mine.size(); m++) inOrder.add(writer + m + "}");
                assertThat(mine).isEqualTo(inOrder);
                appendFrom(client, run, writer, mine.size(), mine.size() + 1, answered);
            }
            assertThat(client.log(run)).startsWith(found);
            assertThat(client.log(run).lines().toList())
                    .doesNotHaveDuplicates()
                    .containsAll(answered)
                    .hasSize((int) found.lines().count() + 8);
            await(() -> client.get(run).path("log_url").asText().contains(".jsonl?"));
        }
    }

    @Test
    void asked_to_stop_it_does_so_in_two_seconds_and_finds_everything_again() throws Exception {
        choosePorts();
        var first = start();
        var greeting = awaitGreeting(first);
        for (var port : ports.values()) assertThat(greeting).contains(":" + port);
        assertThat(create("before").statusCode()).isEqualTo(201);
        var asked = Instant.now();
        first.destroy();
        assertThat(first.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.between(asked, Instant.now())).isLessThan(Duration.ofSeconds(2));

        assertThat(keys(awaitGreeting(start()))).isEqualTo(keys(greeting));
        assertThat(send("GET", AUTOMATIONS, "").body()).contains("\"name\":\"before\"");
    }

    @Test
    void each_successful_write_is_one_line_of_the_audit_without_the_key() throws Exception {
        choosePorts();
        var key = keys(awaitGreeting(start())).getFirst();
        var created = create("audited");
        var id = JSON.readTree(created.body()).path("id").asText();
        var one = AUTOMATIONS + id + "/";
        assertThat(send("PATCH", one, "{\"enabled\": false}").statusCode()).isEqualTo(200);
        assertThat(send("PATCH", one, "{\"enabled\": 7}").statusCode()).isEqualTo(400);
        assertThat(send("GET", one, "").statusCode()).isEqualTo(200);
        assertThat(send("POST", AUTOMATIONS + "preview/", "{\"cron_expression\": \"0 3 * * *\"}"))
                .returns(200, HttpResponse::statusCode);
        var started = send("POST", one + "run/", "");
        assertThat(started.statusCode()).isEqualTo(200);
        assertThat(send("DELETE", one, "").statusCode()).isEqualTo(204);

        await(() -> Files.readString(output()).contains("\"DELETE\""));
        var audit = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(output())) {
            if (line.startsWith("{")) assertThat(line).doesNotContain(key);
            if (line.contains("\"audit\"")) audit.add(JSON.readTree(line));
        }
        assertThat(audit)
                .extracting(line -> line.path("method").asText())
                .containsExactly("POST", "PATCH", "POST", "DELETE");
        assertThat(audit)
                .allSatisfy(line -> {
                    assertThat(line.path("key_id").asText()).isNotEmpty().doesNotContain("phx_");
                    assertThat(line.path("project").asText()).isEqualTo("1");
                    assertThat(Instant.parse(line.path("timestamp").asText())).isNotNull();
                    assertThat(line.path("level").asText()).isEqualTo("INFO");
                    assertThat(line.path("request_id").asText()).isNotEmpty();
                });
        assertThat(audit.getFirst().path("created").asText()).isEqualTo(id);
        assertThat(audit.getFirst().path("function").asText())
                .isEqualTo("nightshift-CreateTaskAutomation");
        assertThat(audit.getFirst().path("api_request_id").asText())
                .isEqualTo(created.headers().firstValue("x-amzn-RequestId").orElseThrow());
        assertThat(audit.subList(1, 4))
                .allSatisfy(line -> assertThat(line.path("automation").asText()).isEqualTo(id));
        assertThat(audit.get(2).path("run").asText())
                .isNotEmpty()
                .isEqualTo(JSON.readTree(started.body()).path("last_task_run_id").asText());
    }

    @Test
    void a_port_in_use_is_one_sentence_and_a_failure() throws Exception {
        choosePorts();
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ports.put(Port.S3, taken.getLocalPort());
            var process = start();

            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(Files.readAllLines(output()))
                    .containsExactly(
                            "Port %d (S3) is in use: stop what uses it, or set NIGHTSHIFT_S3_PORT to another port."
                                    .formatted(taken.getLocalPort()));
        }
    }

    /// Creates and changes automations until the server is killed.
    private void burst(ConcurrentSkipListSet<String> answered) {
        try {
            for (int i = 0; ; i++) {
                var created = create("burst " + i);
                if (created.statusCode() != 201) return;
                var id = JSON.readTree(created.body()).path("id").asText();
                answered.add(id);
                send(
                        "PATCH",
                        AUTOMATIONS + id + "/",
                        "{\"enabled\": %s, \"cron_expression\": \"%d 3 13 * 5\"}"
                                .formatted(i % 2 == 0, i % 60));
            }
        } catch (IOException | InterruptedException gone) {
            // expected: the server was killed
        }
    }

    /// Appends numbered lines until the server is killed.
    private static void appendFrom(
            ApiClient client, String run, String writer, int first, int end, Set<String> answered) {
        try {
            for (int n = first; n < end; n++) {
                String line = writer + n + "}";
                var body = "{\"entries\": [" + line + "]}";
                if (client.send("POST", run + "/append_log/", body).statusCode() != 200) return;
                answered.add(line);
            }
        } catch (UncheckedIOException gone) {
            // expected: the server was killed
        }
    }

    private HttpResponse<String> create(String name) throws IOException, InterruptedException {
        return send(
                "POST",
                AUTOMATIONS,
                """
                {"name": "%s", "prompt": "check", "repository": "acme/api", "cron_expression": "0 3 * * *"}
                """
                        .formatted(name));
    }

    private Set<String> ids() throws IOException, InterruptedException {
        var ids = new TreeSet<String>();
        for (var row :
                JSON.readTree(send("GET", AUTOMATIONS + "?limit=1000", "").body())
                        .path("results")) {
            ids.add(row.path("id").asText());
        }
        return ids;
    }

    /// The expected schedules of the enabled automations.
    private Set<String> rows() throws IOException, InterruptedException {
        var names = new TreeSet<String>();
        for (var row :
                JSON.readTree(send("GET", AUTOMATIONS + "?limit=1000", "").body())
                        .path("results")) {
            if (!row.path("enabled").asBoolean()) continue;
            var name = "task-automation-" + row.path("id").asText();
            names.add(name);
            if (row.path("cron_expression").asText().endsWith("13 * 5")) names.add(name + "-or");
        }
        return names;
    }

    /// The enabled schedules of the group.
    private Set<String> schedules() {
        var names = new TreeSet<String>();
        try (var client =
                SchedulerClient.builder()
                        .endpointOverride(
                                URI.create("http://127.0.0.1:" + ports.get(Port.SCHEDULER)))
                        .region(Region.of(LocalAccount.REGION))
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                LocalAccount.ACCESS_KEY, LocalAccount.SECRET_KEY)))
                        .httpClient(UrlConnectionHttpClient.create())
                        .build()) {
            client.listSchedulesPaginator(
                            list -> list.namePrefix("task-automation-").state("ENABLED"))
                    .schedules()
                    .forEach(schedule -> names.add(schedule.name()));
        }
        return names;
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        var uri = api().resolve(path);
        return http.send(
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header(
                                "Authorization",
                                "Bearer " + keys(Files.readString(output())).getFirst())
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI api() {
        return URI.create("http://127.0.0.1:" + ports.get(Port.API));
    }

    /// Free ports. Another process could take one before it is used, which is unlikely.
    private void choosePorts() throws IOException {
        var probes = new ArrayList<ServerSocket>();
        for (var port : Port.values()) {
            var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            probes.add(probe);
            ports.put(port, probe.getLocalPort());
        }
        for (var probe : probes) probe.close();
    }

    private Process start() throws IOException {
        var command =
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-classpath",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        "nightshift.local.LocalMain");
        var builder = new ProcessBuilder(command).directory(ROOT.toFile());
        builder.environment().put("NIGHTSHIFT_STATE", folder.resolve("state").toString());
        ports.forEach((port, number) ->
                builder.environment().put(port.variable(), String.valueOf(number)));
        Files.deleteIfExists(output());
        builder.redirectErrorStream(true).redirectOutput(output().toFile());
        var process = builder.start();
        started.add(process);
        return process;
    }

    private Path output() {
        return folder.resolve("output");
    }

    private String awaitGreeting(Process process) throws Exception {
        await(() -> !process.isAlive() || Files.readString(output()).contains("Try it:"));
        var output = Files.readString(output());
        assertThat(process.isAlive()).as(output).isTrue();
        return output;
    }

    private static List<String> keys(String greeting) {
        return greeting.lines()
                .filter(line -> line.matches(" +task:(read|write) .*"))
                .map(line -> line.replaceAll(".* ", ""))
                .toList();
    }

    /// A condition to wait for.
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        var deadline = Instant.now().plus(PATIENCE);
        while (!condition.holds()) {
            assertThat(Instant.now()).isBefore(deadline);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
