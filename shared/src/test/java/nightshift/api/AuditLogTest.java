package nightshift.api;

import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.json.Json;
import nightshift.keys.ApiKey;
import nightshift.keys.Owner;
import nightshift.keys.Project;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// A successful write is one line: which key did what to what.
class AuditLogTest {
    private static final String RUN = "/api/projects/{project_id}/tasks/{task_id}/runs/{id}";
    private static final UUID ID = new UUID(0, 5);
    private static final ApiKey KEY =
            new ApiKey(
                    "key-1",
                    "sha256$0",
                    "ci",
                    Set.of(),
                    null,
                    new Owner(1, new UUID(0, 1), "d", "Ada", "L", null),
                    Instant.EPOCH,
                    null,
                    null);

    @Test
    void a_creation_names_the_key_and_what_was_created() {
        var call = admitted(call().method("POST").json("{}"));
        var reply = Reply.created(Json.object().put("id", ID.toString()));

        assertThat(AuditLog.details(call, reply))
                .hasValue(
                        Map.of(
                                "key_id",
                                "key-1",
                                "method",
                                "POST",
                                "resource",
                                "/api/projects/{project_id}/task_automations",
                                "status",
                                201,
                                "created",
                                ID.toString()));
    }

    @Test
    void a_note_of_the_caller_stands_in_the_line() {
        var call = call().method("PATCH").header("Nightshift-Note", "holidays").json("{}");

        assertThat(AuditLog.details(admitted(call), Reply.noContent()).orElseThrow())
                .containsEntry("note", "holidays");
    }

    @Test
    void a_write_without_a_personal_key_is_the_workers() {
        var call = call().method("POST").resource(RUN + "/append_log").build().linked();

        assertThat(AuditLog.details(call, Reply.noContent()).orElseThrow())
                .containsEntry("key_id", "worker");
    }

    @ParameterizedTest
    @CsvSource({
        "PATCH, ''",
        "PATCH, /set_output",
        "POST, /append_log",
        "POST, /cancel",
        "POST, /claim",
        "POST, /heartbeat",
        "POST, /artifacts",
        "POST, /artifacts/prepare_upload",
        "POST, /artifacts/finalize_upload",
        "DELETE, ''"
    })
    void a_write_is_one_line(String method, String action) {
        var call = admitted(call().method(method).resource(RUN + action));

        assertThat(AuditLog.details(call, Reply.ok(Json.object()))).isPresent();
        assertThat(AuditLog.details(call, Reply.noContent())).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/artifacts/presign", "/artifacts/download", "/task_automations/preview"})
    void a_post_that_reads_is_none(String resource) {
        var call = admitted(call().method("POST").resource(resource));

        assertThat(AuditLog.details(call, Reply.ok(Json.object()))).isEmpty();
    }

    @Test
    void a_read_and_a_refused_write_are_none() {
        var read = admitted(call());
        var write = admitted(call().method("POST"));

        assertThat(AuditLog.details(read, Reply.ok(Json.object()))).isEmpty();
        for (var refused :
                List.of(
                        Reply.refusing(new ApiError.NotFound("Not found.")),
                        Reply.refusing(new ApiError.Unexpected()),
                        Reply.of(400, Json.object()))) {
            assertThat(AuditLog.details(write, refused)).isEmpty();
        }
    }

    @Test
    void a_call_names_project_task_run_and_automation() {
        var event = call().inProject(3).taskId(new UUID(0, 4)).id(ID).resource(RUN).event();
        event.getRequestContext().setRequestId("gateway-1");

        assertThat(Call.of(event).ids())
                .isEqualTo(
                        Map.of(
                                "api_request_id",
                                "gateway-1",
                                "project",
                                "3",
                                "task",
                                new UUID(0, 4).toString(),
                                "run",
                                ID.toString()));
        assertThat(
                        call().id(ID)
                                .resource("/api/projects/{project_id}/task_automations/{id}")
                                .build()
                                .ids())
                .isEqualTo(Map.of("project", "1", "automation", ID.toString()));
    }

    @Test
    void the_current_project_is_named_by_its_number() {
        var call = call().variable("project_id", "@current").build();

        assertThat(call.admitted(new Project(9, "P", List.of()), KEY).ids())
                .containsEntry("project", "9");
    }

    private static Call admitted(CallBuilder call) {
        return call.build().admitted(new Project(1, "P", List.of()), KEY);
    }
}
