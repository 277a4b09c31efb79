package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/// What a worker gets with a run, and what it may do with its key, over HTTP.
@Timeout(120)
class ClaimTest {
    @TempDir private static Path state;
    private static LocalServer server;
    private static RunClient client;

    @BeforeAll
    static void start() {
        server = LocalServer.start(Settings.forTest(Path.of("..", "template.yaml"), state));
        client = new RunClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void a_claim_is_answered_with_what_the_worker_needs_of_the_task() {
        var run = client.start("Do it.", "acme/shop");
        var schema = "{\"json_schema\": {\"type\": \"object\"}}";
        assertThat(run.task("PATCH", schema).status()).isEqualTo(200);

        var claimed = run.claim(run.announced().claimToken()).body();

        assertThat(claimed.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("key", "task", "run");
        assertThat(claimed.path("task").toString())
                .isEqualTo(
                        """
                        {"id":"%s","title":"Test","description":"Do it.","repository":"acme/shop",\
                        "json_schema":{"type":"object"}}\
                        """
                                .formatted(claimed.path("run").path("task").asText()));
    }

    @Test
    void a_run_of_a_deleted_task_is_claimed_and_done_all_the_same() {
        var run = client.start("Do it.", "");
        assertThat(run.task("DELETE", "").status()).isEqualTo(204);

        var claimed = run.claim(run.announced().claimToken());

        assertThat(claimed.status()).isEqualTo(200);
        assertThat(claimed.body().path("task").path("description").asText()).isEqualTo("Do it.");
        assertThat(claimed.body().path("task").path("repository").isNull()).isTrue();
        assertThat(claimed.body().path("task").path("json_schema").isNull()).isTrue();
        var worker = run.with(claimed.body().path("key").asText());
        assertThat(worker.call("POST", "heartbeat/", "").status()).isEqualTo(200);
        assertThat(worker.call("PATCH", "set_output/", "{\"output\": 1}").status()).isEqualTo(200);
        assertThat(worker.call("PATCH", "", "{\"status\": \"completed\"}").status()).isEqualTo(200);
        assertThat(run.read().path("status").asText()).isEqualTo("completed");
    }
}
