package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Tests over HTTP what a worker receives with a claim, and what its key allows.
@Timeout(120)
@ExtendWith(PermissionUseRecorder.class)
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

    @Test
    void a_worker_changes_what_is_its_own() {
        var run = client.start("Do it.", "");
        var worker = claimed(run);

        assertThat(worker.call("PATCH", "", "{\"stage\": \"tests\"}").status()).isEqualTo(200);
        assertThat(
                        worker.call("PATCH", "", "{\"state\": {\"turns\": 3, \"transient\": true}}")
                                .status())
                .isEqualTo(200);
        assertThat(worker.call("PATCH", "", "{\"state_remove_keys\": [\"turns\"]}").status())
                .isEqualTo(200);
        assertThat(worker.call("PATCH", "", "{\"status\": \"in_progress\"}").status())
                .isEqualTo(200);
        var last = "{\"status\": \"failed\", \"error_message\": \"No.\", \"output\": {\"a\": 1}}";
        assertThat(worker.call("PATCH", "", last).status()).isEqualTo(200);

        var ended = run.read();
        assertThat(ended.path("status").asText()).isEqualTo("failed");
        assertThat(ended.path("stage").asText()).isEqualTo("tests");
        assertThat(ended.path("error_message").asText()).isEqualTo("No.");
        assertThat(ended.path("output").toString()).isEqualTo("{\"a\":1}");
        assertThat(ended.path("state").toString())
                .isEqualTo("{\"mode\":\"background\",\"transient\":true}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"branch\": \"main\"}",
                "{\"branch\": null}",
                "{\"environment\": \"local\"}",
                "{\"resume_from_run_id\": \"0198c5f0-0000-7000-8000-00000000000a\"}",
                "{\"state\": {\"resume_from_run_id\": \"0198c5f0-0000-7000-8000-00000000000a\"}}",
                "{\"state\": {\"resume_from_run_id\": null}}",
                "{\"state\": {\"mine\": 1, \"mode\": \"interactive\"}}",
                "{\"state\": {\"automation_id\": \"x\"}}",
                "{\"state\": {\"automation_trigger_workflow_id\": \"x\"}}",
                "{\"state\": {\"pending_user_message\": \"x\"}}",
                "{\"state\": {\"sandbox_id\": \"x\"}}",
                "{\"state_remove_keys\": [\"mode\"]}",
                "{\"state_remove_keys\": [\"resume_from_run_id\"]}",
                "{\"status\": \"queued\"}",
                "{\"status\": \"not_started\"}",
                "{\"status\": \"completed\", \"branch\": \"main\"}"
            })
    void a_worker_is_refused_what_is_not_its_own_and_nothing_changes(String body) {
        var run = client.start("Do it.", "");
        var worker = claimed(run);
        var before = run.read().toString().replaceAll("\"log_url\":\"[^\"]*\"", "");

        var refused = worker.call("PATCH", "", body);

        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().path("code").asText()).isEqualTo("permission_denied");
        assertThat(run.read().toString().replaceAll("\"log_url\":\"[^\"]*\"", ""))
                .isEqualTo(before);
    }

    @Test
    void a_run_that_was_handed_over_to_a_client_is_claimed_by_no_worker() {
        var run = client.start("Do it.", "");
        var token = run.announced().claimToken();
        assertThat(run.call("PATCH", "", "{\"environment\": \"local\"}").status()).isEqualTo(200);
        assertThat(run.claim(token, "worker").status()).isEqualTo(409);
        assertThat(run.read().path("status").asText()).isEqualTo("queued");
    }

    @Test
    void a_key_of_the_project_changes_all_of_it() {
        var run = client.start("Do it.", "");
        var body =
                "{\"branch\": \"main\", \"status\": \"in_progress\", \"state\": {\"mode\": \"x\"}}";
        assertThat(run.call("PATCH", "", body).status()).isEqualTo(200);
        assertThat(run.call("PATCH", "", "{\"status\": \"queued\"}").status()).isEqualTo(200);
    }

    @Test
    void a_worker_sees_its_task_without_another_run() {
        var run = client.start("Do it.", "");
        var worker = claimed(run);
        var own = worker.task("GET", "").body().path("latest_run");
        assertThat(own.path("status").asText()).isEqualTo("in_progress");

        client.again(run);

        var task = worker.task("GET", "").body();
        assertThat(task.path("description").asText()).isEqualTo("Do it.");
        assertThat(task.path("latest_run").isNull()).isTrue();
        assertThat(run.task("GET", "").body().path("latest_run").isObject()).isTrue();
        assertThat(run.task("DELETE", "").status()).isEqualTo(204);
        assertThat(worker.task("GET", "").status()).as("deleted").isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"completed", "failed", "cancelled", "in_progress"})
    void a_run_that_is_queued_again_has_another_token_and_another_key(String status) {
        var run = client.start("Do it.", "");
        var token = run.announced().claimToken();
        var worker = claimed(run);
        assertThat(run.call("PATCH", "", "{\"status\": \"%s\"}".formatted(status)).status())
                .isEqualTo(200);
        assertThat(run.call("PATCH", "", "{\"status\": \"queued\"}").status()).isEqualTo(200);

        assertThat(worker.call("POST", "heartbeat/", "").status()).isEqualTo(401);
        assertThat(run.claim(token, "worker").status()).isEqualTo(403);
        var renewed = run.tokenAfterQueuedAgain(1);
        var again = run.claim(renewed, "worker");
        assertThat(again.status()).isEqualTo(200);
        var second = run.with(again.body().path("key").asText());
        assertThat(worker.call("GET", "", "").status()).isEqualTo(401);
        assertThat(second.call("GET", "", "").status()).isEqualTo(200);
        assertThat(run.claim(renewed, "worker").status()).as("the answer was lost").isEqualTo(200);
        assertThat(second.call("PATCH", "", "{\"status\": \"completed\"}").status()).isEqualTo(200);
        assertThat(worker.call("GET", "", "").status()).isEqualTo(401);
    }

    @Test
    void a_key_stays_dead_when_somebody_reopens_its_run() {
        var run = client.start("Do it.", "");
        var worker = claimed(run);
        assertThat(worker.call("PATCH", "", "{\"status\": \"failed\"}").status()).isEqualTo(200);
        for (var status : List.of("in_progress", "not_started", "queued")) {
            var body = "{\"status\": \"%s\"}".formatted(status);
            assertThat(run.call("PATCH", "", body).status()).isEqualTo(200);
            assertThat(worker.call("GET", "", "").status()).as(status).isEqualTo(401);
            assertThat(worker.call("PATCH", "", "{\"status\": \"completed\"}").status())
                    .as(status)
                    .isEqualTo(401);
        }
    }

    private static RunClient.Run claimed(RunClient.Run run) {
        var claimed = run.claim(run.announced().claimToken(), "worker");
        assertThat(claimed.status()).isEqualTo(200);
        return run.with(claimed.body().path("key").asText());
    }
}
