package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/// Tests the local run with a worker for each queued run.
@Timeout(180)
class LocalWorkersTest {
    private static final String AUTOMATION =
            """
            {"name": "Hello", "prompt": "Say hello.", "repository": "acme/shop",
             "cron_expression": "0 0 1 1 *"}\
            """;

    @TempDir private Path state;

    @Test
    void a_started_automation_is_worked_on_and_its_run_completed() {
        var settings =
                Settings.forTest(Path.of("..", "template.yaml"), state)
                        .withWorker(
                                Map.of("NIGHTSHIFT_WORKER_REPOSITORIES", state.toUri().toString()));
        try (var server = LocalServer.start(settings)) {
            var client = new RunClient(server);
            var key = server.keys().write();
            server.faults().duplicateNext(1);
            var made = client.call(key, "POST", "/task_automations/", AUTOMATION).body();
            var path = "/task_automations/" + made.path("id").asText() + "/";

            client.call(key, "POST", path + "run/", "");

            Waiting.until(() ->
                    read(client, key, path).path("last_run_status").asText().equals("success"));
            var automation = read(client, key, path);
            var run =
                    read(
                            client,
                            key,
                            "/tasks/%s/runs/%s/"
                                    .formatted(
                                            automation.path("last_task_id").asText(),
                                            automation.path("last_task_run_id").asText()));
            assertThat(run.path("status").asText()).isEqualTo("completed");
            assertThat(run.path("output").isObject()).isTrue();
            assertThat(run.path("artifacts")).hasSize(1);
        }
    }

    private static JsonNode read(RunClient client, String key, String path) {
        return client.call(key, "GET", path, "").body();
    }
}
