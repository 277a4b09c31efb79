package nightshift.local;

import static nightshift.local.LocalFixture.AUTOMATIONS;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.local.LocalFixture.Answer;
import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.DeflaterOutputStream;

/// Tests what functions do seldom, with the permissions of the template: [PermissionUseCheck] takes
/// for unused what no test does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class RareCallsEndToEndTest {
    private static final String PROJECT = "/api/projects/1";
    private static final String TASKS = PROJECT + "/tasks/";

    /// Never comes by itself.
    private static final String CRON = "0 0 31 12 *";

    private @TempDir static Path state;
    private LocalFixture world;
    private ApiClient client;
    private DynamoDbClient rows;
    private S3Client s3;

    @BeforeAll
    void open() {
        world = new LocalFixture(state, "2099-01-05T08:00:30Z");
        client = new ApiClient(world.server.url(Port.API), world.server.keys().write());
        rows = DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
        s3 = S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build();
    }

    @AfterAll
    void close() {
        s3.close();
        rows.close();
        client.close();
        world.close();
    }

    /// The functions that end a run.
    enum End {
        UPDATE("completed"),
        CANCEL("cancelled"),
        OUTPUT("completed"),
        REAP("failed");

        private final String status;

        End(String status) {
            this.status = status;
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_end_of_a_run_is_shown_by_its_automation_and_its_occurrence(End end) {
        var id = world.unscheduled(CRON, "UTC");
        world.patch(TASKS + world.taskOf(id) + "/", "{\"json_schema\": {\"type\": \"object\"}}");
        assertThat(world.post(AUTOMATIONS + id + "/run/", "").status()).isEqualTo(200);
        end(end, id);
        assertThat(fire(id)).isEqualTo("started");
        end(end, id);
        assertThat(world.occurrences(id).get(0).path("run_status").asText()).isEqualTo(end.status);
    }

    @Test
    void an_occurrence_cancels_the_run_of_the_occurrence_before_it() {
        var id = world.unscheduled(CRON, "UTC");
        world.patch(AUTOMATIONS + id + "/policy/", "{\"overlap\": \"cancel_previous\"}");
        assertThat(fire(id)).isEqualTo("started");
        world.clock.forward(Duration.ofMinutes(1));
        assertThat(fire(id)).isEqualTo("started");
        assertThat(world.occurrences(id).get(1).path("run_status").asText()).isEqualTo("cancelled");
    }

    @Test
    void a_worker_that_claims_an_automations_run_keeps_it_alive() {
        var id = world.unscheduled(CRON, "UTC");
        world.post(AUTOMATIONS + id + "/run/", "");
        var path = run(id);
        var run = new RunClient(world.server).of(world.taskOf(id), runId(id));
        assertThat(run.claim(run.announced().claimToken()).status()).isEqualTo(200);
        for (var sign : new String[] {"heartbeat/", "append_log/"}) {
            var before = touchedAt(id);
            world.clock.forward(Duration.ofMinutes(6));
            var alive = world.post(path + sign, "{\"entries\": [{\"n\": 1}]}");
            assertThat(alive.status()).as("%s", alive.body()).isEqualTo(200);
            assertThat(touchedAt(id)).isGreaterThan(before);
        }
    }

    @Test
    void a_task_and_its_automation_are_reworded_at_once() {
        var id = world.unscheduled(CRON, "UTC");
        world.post(AUTOMATIONS + id + "/run/", "");
        var task = TASKS + world.taskOf(id) + "/";
        var reworded = world.patch(task, "{\"title\": \"Weekly\"}");
        assertThat(reworded.body().path("latest_run").path("id").asText()).isEqualTo(runId(id));
        assertThat(world.get(task).body().path("latest_run").path("id").asText())
                .isEqualTo(runId(id));
        assertThat(world.get(AUTOMATIONS + id + "/").text("name")).isEqualTo("Weekly");
    }

    @ParameterizedTest
    @ValueSource(strings = {"task_automations", "automation_policies", "automation_states"})
    void a_page_far_behind_the_end_of_a_list_has_its_count(String list) {
        world.unscheduled(CRON, "UTC");
        var page = world.get(PROJECT + "/" + list + "/?offset=1000").body();
        assertThat(page.path("count").asInt()).isPositive();
        assertThat(page.path("results")).isEmpty();
    }

    @Test
    void occurrences_and_tasks_are_found_by_status() {
        var id = world.unscheduled(CRON, "UTC");
        world.patch(AUTOMATIONS + id + "/", "{\"enabled\": false}");
        assertThat(fire(id)).isEqualTo("paused");
        var paused = world.get(AUTOMATIONS + id + "/occurrences/?status=paused").body();
        assertThat(paused.path("results")).hasSize(1);

        world.post(AUTOMATIONS + id + "/run/", "");
        var queued = world.get(TASKS + "?status=queued").body().path("results");
        assertThat(queued.findValuesAsText("id")).contains(world.taskOf(id));
    }

    @Test
    void a_wrong_count_of_automations_refuses_the_next_one_until_it_is_reconciled() {
        world.unscheduled(CRON, "UTC");
        change(
                Map.of("pk", text("PROJECT#1"), "sk", text("PROJECT")),
                "SET automation_count = :value",
                Map.of(":value", AttributeValue.fromN("1000")));
        var refused = client.send("POST", "/task_automations/", automation());
        assertThat(ApiClient.json(refused).path("code").asText()).isEqualTo("limit_reached");
        world.clock.forward(Duration.ofMinutes(3));
        assertThat(world.invoke("Reconcile", "{\"project_id\": 1}").status()).isEqualTo(200);
        world.unscheduled(CRON, "UTC");
    }

    @Test
    void reconcile_records_a_synchronization_whose_record_was_lost() {
        var id = world.unscheduled(CRON, "UTC");
        LocalFixture.await("the record", () -> synchronization(id), "synced");
        rows.deleteItem(delete ->
                delete.tableName(table()).key(Map.of("pk", text("SCHEDULES#1"), "sk", text(id))));
        assertThat(synchronization(id)).isNotEqualTo("synced");
        assertThat(world.invoke("Reconcile", "{\"project_id\": 1}").status()).isEqualTo(200);
        assertThat(synchronization(id)).isEqualTo("synced");
    }

    private String synchronization(String automation) {
        return world.get(AUTOMATIONS + automation + "/schedule/")
                .body()
                .at("/sync/status")
                .asText();
    }

    @Test
    void a_repeated_call_finds_what_the_first_one_created_and_did_not_answer() {
        var task = client.task();
        assertRepeats("/task_automations/", automation());
        assertRepeats(task + "/runs/", "{}");
        assertThat(world.get(PROJECT + task + "/runs/").body().path("count").asInt()).isEqualTo(1);
    }

    @Test
    void a_new_schedule_restores_the_group_that_somebody_has_deleted() {
        world.server.scheduler().loseGroup(world.group());
        var id = world.unscheduled(CRON, "UTC");
        LocalFixture.await("it", () -> world.present().toString().contains(id), true);
    }

    @Test
    void an_object_in_the_place_of_a_large_log_is_replaced() throws IOException {
        var compacted = largeLog();
        var task = compacted.split("/", -1);
        var detail =
                "{\"project_id\": 1, \"task_id\": \"%s\", \"run_id\": \"%s\"}"
                        .formatted(task[2], task[4]);
        var done = world.invoke("CompactTaskRunLog", "{\"detail\": " + detail + "}");
        assertThat(done.body().path("compacted").asBoolean()).as("%s", done.body()).isTrue();
        assertThat(client.log(compacted)).hasSize(6 << 20);

        assertThat(client.log(largeLog())).hasSize(6 << 20);
    }

    @Test
    void lines_that_have_expired_are_left_out() {
        var run = client.run(client.task());
        var gone = Map.of("object", text("tasks/logs/gone.jsonl"));
        log(run, 10, gone);
        assertThat(client.log(run)).isEmpty();
        assertThat(client.send("GET", run + "/session_logs/", "").statusCode()).isEqualTo(200);
        client.patched(run, "{\"status\": \"completed\"}");
        LocalFixture.await(
                "the compaction",
                () -> client.get(run).path("log_url").asText().contains(".jsonl?"),
                true);
    }

    @Test
    void an_artifact_that_has_expired_is_not_found() {
        var run = client.run(client.task());
        var artifact = "{\"name\": \"a\", \"type\": \"output\", \"content\": \"b\"}";
        var path =
                client.posted(run + "/artifacts/", "{\"artifacts\": [" + artifact + "]}")
                        .at("/artifacts/0/storage_path")
                        .asText();
        s3.deleteObject(delete -> delete.bucket(bucket()).key(path));
        var answer =
                client.send(
                        "POST",
                        run + "/artifacts/download/",
                        "{\"storage_path\": \"" + path + "\"}");
        assertThat(answer.statusCode()).isEqualTo(404);
    }

    /// Lets the present minute be an occurrence.
    private String fire(String automation) {
        var answer =
                world.invoke(
                        "FireTaskAutomation",
                        """
                        {"project_id": 1, "automation_id": "%s", "scheduled_time": "%s",
                         "cron_expression": "%s", "timezone": "UTC"}
                        """
                                .formatted(
                                        automation,
                                        world.clock.instant().truncatedTo(ChronoUnit.MINUTES),
                                        CRON));
        return answer.text("outcome");
    }

    private void end(End end, String automation) {
        var run = run(automation);
        var answer =
                switch (end) {
                    case UPDATE -> world.patch(run, "{\"status\": \"completed\"}");
                    case CANCEL -> world.post(run + "cancel/", "");
                    case OUTPUT -> world.patch(run + "set_output/", "{\"output\": {}}");
                    case REAP -> reaped(run);
                };
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        assertThat(world.get(run).text("status")).isEqualTo(end.status);
    }

    private Answer reaped(String run) {
        world.patch(run, "{\"status\": \"in_progress\"}");
        world.clock.forward(Duration.ofMinutes(121));
        return world.invoke("ReapTaskRuns", "{}");
    }

    private String run(String automation) {
        return TASKS + world.taskOf(automation) + "/runs/" + runId(automation) + "/";
    }

    private String runId(String automation) {
        return world.get(AUTOMATIONS + automation + "/").text("last_task_run_id");
    }

    private String touchedAt(String automation) {
        var key =
                Map.of(
                        "pk", text("RUNS#1#" + world.taskOf(automation)),
                        "sk", text(runId(automation)));
        return rows.getItem(get -> get.tableName(table()).key(key)).item().get("touched_at").s();
    }

    private static String automation() {
        return """
        {"name": "nightly", "prompt": "check", "repository": "acme/api",
         "cron_expression": "%s", "timezone": "UTC"}
        """
                .formatted(CRON);
    }

    /// Makes a call twice with one key. The first answer is lost before it is kept.
    private void assertRepeats(String path, String body) {
        var key = UUID.randomUUID().toString();
        var first = keyed(path, body, key);
        var uses =
                rows.query(query ->
                                query.tableName(table())
                                        .keyConditionExpression("pk = :pk")
                                        .expressionAttributeValues(
                                                Map.of(":pk", text("KEY_USES#1"))))
                        .items();
        for (var use : uses) {
            change(
                    Map.of("pk", text("KEY_USES#1"), "sk", use.get("sk")),
                    "REMOVE #status SET leased_until = :value",
                    Map.of(":value", text("2099-01-01T00:00:00Z")));
        }
        assertThat(keyed(path, body, key)).isEqualTo(first);
    }

    private String keyed(String path, String body, String key) {
        var answer =
                client.send(
                        HttpRequest.newBuilder(
                                        URI.create(world.server.url(Port.API) + PROJECT + path))
                                .header("Authorization", "Bearer " + world.server.keys().write())
                                .header("Content-Type", "application/json")
                                .header("Idempotency-Key", key)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build());
        assertThat(answer.statusCode()).as(ApiClient.text(answer)).isEqualTo(201);
        return ApiClient.json(answer).path("id").asText();
    }

    /// Creates a run with a log of 6 MB that nothing compacts, and another object in the place of
    /// the compacted one. Returns the run's path.
    private String largeLog() throws IOException {
        var run = client.run(client.task());
        var lines = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(lines)) {
            var line = "{\"n\":\"" + "x".repeat((6 << 20) - 9) + "\"}\n";
            deflater.write(line.getBytes(StandardCharsets.UTF_8));
        }
        var deflated = AttributeValue.fromB(SdkBytes.fromByteArray(lines.toByteArray()));
        log(run, 6 << 20, Map.of("lines", deflated));
        var parts = run.split("/", -1);
        var key = "tasks/logs/team_1/task_%s/run_%s.jsonl".formatted(parts[2], parts[4]);
        s3.putObject(put -> put.bucket(bucket()).key(key), RequestBody.fromString("another"));
        return run;
    }

    /// Writes the only append of a run's log.
    private void log(String run, int size, Map<String, AttributeValue> lines) {
        var parts = run.split("/", -1);
        var item = new HashMap<>(lines);
        item.put("pk", text("LOGS#1#" + parts[2] + "#" + parts[4]));
        item.put("sk", text("0000000001"));
        for (var number :
                Map.of("number", 1, "entries", 1, "bytes", size, "size", size).entrySet()) {
            item.put(number.getKey(), AttributeValue.fromN(number.getValue().toString()));
        }
        var expiry = world.clock.instant().plus(Duration.ofDays(30)).getEpochSecond();
        item.put("expires_at", AttributeValue.fromN(Long.toString(expiry)));
        item.put("append_id", text(UUID.randomUUID().toString()));
        rows.putItem(put -> put.tableName(table()).item(item));
    }

    private void change(
            Map<String, AttributeValue> key,
            String expression,
            Map<String, AttributeValue> values) {
        rows.updateItem(update ->
                update.tableName(table())
                        .key(key)
                        .updateExpression(expression)
                        .expressionAttributeNames(
                                expression.contains("#status") ? Map.of("#status", "status") : null)
                        .expressionAttributeValues(values));
    }

    private String table() {
        return world.server.template().named("AWS::DynamoDB::Table").keySet().iterator().next();
    }

    private String bucket() {
        return world.server.template().named("AWS::S3::Bucket").keySet().iterator().next();
    }

    private static AttributeValue text(String value) {
        return AttributeValue.fromS(value);
    }
}
