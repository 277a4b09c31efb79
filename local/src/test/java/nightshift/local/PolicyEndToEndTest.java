package nightshift.local;

import static nightshift.local.LocalFixture.AUTOMATIONS;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.webhook.HostileServer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/// Tests policies end to end: through the API, the stream, the schedules and the functions, each
/// with its own permissions.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class PolicyEndToEndTest {
    private static final String CHANNELS = "/api/projects/1/notification_channels/";

    private @TempDir static Path state;
    private LocalFixture world;

    @BeforeAll
    void open() {
        world = new LocalFixture(state, "2099-01-05T08:00:30Z");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void a_temporary_failure_is_retried_and_a_pause_takes_the_retry_away() {
        world.clock.moveTo("2099-01-05T09:59:30Z");
        var id = automation("{\"retry_attempts\": 2, \"retry_delay_seconds\": 60}");
        world.moveTo("2099-01-05T10:00:01Z");
        world.awaitLedger(id, "2099-01-05T10:00:00Z started 1");
        fail(id);
        awaitRetry(id, true);

        world.moveTo("2099-01-05T10:01:05Z");
        LocalFixture.await("the retry", () -> world.runs(id), 2);
        assertThat(world.occurrences(id).get(0).path("attempt").asInt()).isEqualTo(2);
        awaitRetry(id, false);

        fail(id);
        awaitRetry(id, true);
        world.patch(AUTOMATIONS + id + "/", "{\"enabled\": false}");
        awaitRetry(id, false);
        world.moveTo("2099-01-05T10:10:00Z");
        assertThat(world.runs(id)).isEqualTo(2);
    }

    @Test
    void a_failure_whose_retry_is_dropped_is_counted_and_told() throws IOException {
        world.clock.moveTo("2099-01-07T09:59:30Z");
        var id = automation("{\"retry_attempts\": 2, \"retry_delay_seconds\": 60}");
        try (var receiver = HostileServer.answering("204 No Content", "")) {
            var channel =
                    world.post(
                                    CHANNELS,
                                    """
                                    {"name": "On call", "kind": "webhook", "automations": ["%s"],
                                     "url": "http://127.0.0.1:%d/"}
                                    """
                                            .formatted(id, receiver.port()))
                            .text("id");
            world.moveTo("2099-01-07T10:00:01Z");
            world.awaitLedger(id, "2099-01-07T10:00:00Z started 1");
            fail(id);
            awaitRetry(id, true);
            assertThat(world.post(AUTOMATIONS + id + "/run/", "").status()).isEqualTo(200);
            LocalFixture.await("the message", () -> receiver.requests().size(), 1);
            assertThat(receiver.requests().getFirst()).contains("\"type\":\"run_failed\"");
            var policy = world.get(AUTOMATIONS + id + "/policy/").body();
            assertThat(policy.path("failures_in_a_row").asInt()).isEqualTo(1);
            world.delete(CHANNELS + channel);
        }
    }

    @Test
    void an_occurrence_cancels_the_run_before_it() {
        world.clock.moveTo("2099-01-06T09:59:30Z");
        var id = automation("{\"overlap\": \"cancel_previous\"}");
        world.post(AUTOMATIONS + id + "/run/", "");
        world.moveTo("2099-01-06T10:00:01Z");
        world.awaitLedger(id, "2099-01-06T10:00:00Z started 1");
        assertThat(world.post(AUTOMATIONS + id + "/run/", "").status()).isEqualTo(200);
        assertThat(world.occurrences(id).get(0).path("run_status").asText()).isEqualTo("cancelled");
        world.patch(AUTOMATIONS + id + "/policy/", "{\"overlap\": \"skip\"}");
        var refused = world.post(AUTOMATIONS + id + "/run/", "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("code")).isEqualTo("run_in_progress");
        assertThat(refused.text("type")).isEqualTo("invalid_request");
    }

    private String automation(String policy) {
        var id = world.unscheduled("0 10 * * *", "UTC");
        assertThat(world.patch(AUTOMATIONS + id + "/policy/", policy).status()).isEqualTo(200);
        LocalFixture.await(
                "its schedule",
                () -> world.present().stream().anyMatch(name -> name.contains(id)),
                true);
        return id;
    }

    private void fail(String id) {
        var automation = world.get(AUTOMATIONS + id + "/");
        var run =
                "/api/projects/1/tasks/%s/runs/%s/"
                        .formatted(
                                automation.text("last_task_id"),
                                automation.text("last_task_run_id"));
        var failed = world.patch(run, "{\"status\": \"failed\", \"state\": {\"transient\": true}}");
        assertThat(failed.status()).as("%s", failed.body()).isEqualTo(200);
    }

    private void awaitRetry(String id, boolean wanted) {
        LocalFixture.await(
                "the retry's schedule",
                () ->
                        world.present().stream()
                                .anyMatch(
                                        name -> name.contains("task-automation-" + id + "-retry")),
                wanted);
    }
}
