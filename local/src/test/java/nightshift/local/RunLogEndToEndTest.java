package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.local.Settings.Port;
import nightshift.testing.Together;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;

/// Tests writers and readers of logs over HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class RunLogEndToEndTest {
    /// The number of appends of each writer. `-Dnightshift.batches=1000` sets it.
    private static final int BATCHES = Integer.getInteger("nightshift.batches", 20);

    private @TempDir static Path state;
    private LocalServer server;
    private ApiClient client;

    @BeforeAll
    void open() {
        server = LocalServer.start(Settings.forTest(LocalFixture.TEMPLATE, state));
        client = new ApiClient(server.url(Port.API), server.keys().write());
    }

    @AfterAll
    void close() {
        client.close();
        server.close();
    }

    @Test
    void sixteen_writers_and_four_readers_find_every_line_once_while_the_run_ends()
            throws Exception {
        var run = client.run(client.task());
        var load = new ConcurrentLogLoad(client, run, 16, BATCHES);
        load.run();
        load.assertWhole();
        awaitCompaction(run);
        load.assertWhole();
        assertSame(linked(run), client.log(run));
        assertThat(load.reads()).isGreaterThan(4);
    }

    @Test
    void a_log_that_grows_becomes_one_object_while_its_run_goes_on() {
        var run = client.run(client.task());
        for (int n = 1; n <= 15; n++) client.append(run, "{\"n\":" + n + "}");
        assertThat(compactedUpTo(run)).isZero();
        client.append(run, "{\"n\":16}");
        LocalFixture.await("compaction", () -> compactedUpTo(run), 16);
        assertThat(client.get(run).path("log_url").asText()).contains("/logs/?");
        client.append(run, "{\"n\":17}");
        assertThat(client.log(run).lines()).hasSize(17);
        for (int n = 18; n <= 32; n++) client.append(run, "{\"n\":" + n + "}");
        LocalFixture.await("compaction", () -> compactedUpTo(run), 32);
        assertThat(client.log(run).lines()).hasSize(32);
    }

    @Test
    void the_link_to_the_log_of_a_run_that_never_logged_opens() throws Exception {
        var run = client.run(client.task());
        client.patched(run, "{\"status\": \"completed\"}");
        awaitCompaction(run);
        assertThat(linked(run)).isEmpty();
        assertThat(client.log(run)).isEmpty();
        client.append(run, "{\"late\":1}");
        assertThat(linked(run)).isEqualTo("{\"late\":1}\n");
        awaitCompaction(run);
        assertThat(linked(run)).isEqualTo("{\"late\":1}\n");
    }

    @Test
    void a_reader_of_session_logs_comes_past_entries_of_any_length() {
        var run = client.run(client.task());
        client.append(run, "{\"n\":1}");
        client.append(run, "{\"n\":2,\"text\":\"" + "\\\"€".repeat(800_000) + "\"}");
        client.append(run, "{\"n\":3,\"text\":\"" + "€".repeat(900_000) + "\"}");
        client.append(run, "{\"n\":4}");
        var seen = new ArrayList<Integer>();
        boolean more;
        do {
            var page = client.send("GET", run + "/session_logs/?offset=" + seen.size(), "");
            assertThat(page.statusCode()).isEqualTo(200);
            ApiClient.json(page).forEach(entry -> seen.add(entry.path("n").asInt()));
            more = page.headers().firstValue("X-Has-More").orElseThrow().equals("true");
        } while (more && seen.size() < 5);
        assertThat(seen).containsExactly(1, 2, 3, 4);
    }

    @Test
    void a_chain_too_large_for_an_answer_is_a_redirect_to_one_object() throws Exception {
        var first = client.run(client.task());
        String lines = megabytes(first, 1, 7);
        client.patched(first, "{\"status\": \"completed\"}");
        awaitCompaction(first);
        assertSame(client.log(first), lines);
        var second = client.resuming(first);
        client.append(second, "{\"n\":\"small\"}");
        var third = client.resuming(second); // has no log
        var fourth = client.resuming(third);
        lines += "{\"n\":\"small\"}\n" + megabytes(fourth, 10, 2);

        var answer = client.send("GET", fourth + "/logs/", "");
        assertThat(answer.statusCode()).isEqualTo(307);
        var whole = client.fetch(ApiClient.location(answer));
        assertThat(whole.headers().firstValue("Content-Type")).contains("application/jsonl");
        assertSame(ApiClient.text(whole), lines);

        for (int n = 0; n < 2; n++) { // the run goes on, so its log grows
            client.append(fourth, "{\"late\":" + n + "}");
            lines += "{\"late\":" + n + "}\n";
            String now = lines;
            Together.all(4, _ -> client.log(fourth)).forEach(read -> assertSame(read, now));
        }
        client.append(first, "{\"to\":\"the ancestor\"}");
        assertSame(
                client.log(fourth),
                lines.replace(
                        "{\"n\":\"small\"}\n", "{\"to\":\"the ancestor\"}\n{\"n\":\"small\"}\n"));
        assertSame(client.log(second), client.log(first) + "{\"n\":\"small\"}\n");
    }

    /// The content of the run's `log_url`.
    private String linked(String run) throws Exception {
        return ApiClient.text(client.fetch(URI.create(client.get(run).path("log_url").asText())));
    }

    private void awaitCompaction(String run) {
        LocalFixture.await(
                "compaction",
                () -> client.get(run).path("log_url").asText().contains(".jsonl?"),
                true);
    }

    /// The number of the last append in the run's compacted object, or zero.
    private static int compactedUpTo(String run) {
        var id = run.substring(run.lastIndexOf('/') + 1);
        try (var rows =
                DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            return rows
                    .scanPaginator(scan ->
                            scan.tableName(rows.listTables().tableNames().getFirst())
                                    .consistentRead(true))
                    .items()
                    .stream()
                    .filter(item -> item.get("pk").s().startsWith("LOGS#"))
                    .filter(item -> item.get("pk").s().endsWith("#" + id))
                    .filter(item -> item.get("sk").s().equals("head"))
                    .map(item -> Integer.parseInt(item.get("number").n()))
                    .findFirst()
                    .orElse(0);
        }
    }

    /// Appends lines of a megabyte and returns them.
    private String megabytes(String run, int from, int count) {
        var lines = new StringBuilder();
        for (int n = from; n < from + count; n++) {
            String entry = "{\"n\":" + n + ",\"text\":\"" + "x".repeat((1 << 20) - 30) + "\"}";
            client.append(run, entry);
            lines.append(entry).append('\n');
        }
        return lines.toString();
    }

    /// Compares without printing megabytes.
    private static void assertSame(String read, String lines) {
        assertThat(read.length()).isEqualTo(lines.length());
        assertThat(read.equals(lines)).as("the same").isTrue();
    }
}
