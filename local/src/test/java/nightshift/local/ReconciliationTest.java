package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.schedules.Reconcile;
import nightshift.json.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What was lost is found project by project, with no more requests than that needs.
@ExtendWith(PermissionUseRecorder.class)
class ReconciliationTest {
    @TempDir private Path state;
    private LocalFixture world;

    @BeforeEach
    void start() {
        world = new LocalFixture(state, "2099-01-05T12:00:30Z");
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void a_project_reads_its_own_partitions_and_writes_only_what_differs() {
        world.invoke("PutProject", "{\"id\": 2, \"name\": \"Another\"}");
        world.automation("0 9 * * *", "UTC");
        world.automation("0 9 13 * 5", "UTC");
        var changed = world.automation("*/5 * * * *", "Europe/Berlin");
        LocalFixture.await(
                "synced", () -> reconcile("{\"project_id\": 1}").path("unsynced"), zero());

        var watched = new Watched();
        assertThat(watched.reconcile("{\"project_id\": 1}").path("automations").asInt())
                .isEqualTo(3);
        assertThat(watched.actions()).doesNotContain("dynamodb:Scan", "scheduler:ListSchedules");
        assertThat(watched.actions())
                .allMatch(action ->
                        action.matches(
                                "dynamodb:(Query|GetItem|BatchGetItem)|scheduler:GetSchedule"));
        assertThat(watched.partitions())
                .allMatch(key -> key.matches("(AUTOMATIONS|SCHEDULES|PROJECT)#1|OCCURRENCES#1#.*"));

        var target = world.schedule("task-automation-" + changed).target();
        world.scheduler.updateSchedule(update ->
                update.name("task-automation-" + changed)
                        .groupName(world.group())
                        .scheduleExpression("rate(1 minute)")
                        .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                        .target(target));
        var repairing = new Watched();
        assertThat(repairing.reconcile("{\"project_id\": 1}").path("unsynced").asInt())
                .isEqualTo(1);
        assertThat(repairing.actions()).containsOnlyOnce("scheduler:UpdateSchedule");
        assertThat(world.agrees()).isTrue();

        var hourly = new Watched();
        hourly.reconcile("{\"project_id\": 1, \"schedules\": false}");
        assertThat(hourly.actions()).isNotEmpty().allMatch("dynamodb:Query"::equals);
    }

    @Test
    void what_was_missed_is_in_the_ledger_once_after_the_next_hour() {
        var often = world.automation("*/30 * * * *", "UTC");
        var never = world.automation("0 4 * * *", "UTC");
        world.server.stopScheduler();
        world.clock.forward(Duration.ofHours(2));
        assertThat(world.invoke("StartReconciliation", "{\"schedules\": false}").body())
                .isEqualTo(Json.object().put("projects", 1));
        LocalFixture.await("the records of what was missed", () -> records(often), 3);
        world.awaitLedger(
                often,
                "2099-01-05T12:30:00Z missed 0",
                "2099-01-05T13:00:00Z missed 0",
                "2099-01-05T13:30:00Z missed 0");
        assertThat(world.ledger(never)).isEmpty();
        var again = reconcile("{\"project_id\": 1, \"schedules\": false}");
        assertThat(again.path("missed")).isEqualTo(zero());
    }

    @Test
    void what_another_look_has_recorded_meanwhile_is_missed_once() {
        var often = world.automation("*/30 * * * *", "UTC");
        world.server.stopScheduler();
        world.clock.forward(Duration.ofHours(1));
        var hourly = "{\"project_id\": 1, \"schedules\": false}";
        var http = new FaultInjectingHttpClient();
        http.before("POST", "PutEvents", () -> reconcile(hourly));
        var settings = world.server.template().function("Reconcile").orElseThrow();
        var permitted = new IamHttpClient(http, settings.permissions());
        var late =
                new Reconcile(new AwsWiring(settings.environment(), world.clock, permitted))
                        .answer((ObjectNode) Json.stored(hourly));
        assertThat(late.path("missed")).isEqualTo(zero());
        assertThat(records(often)).isEqualTo(1);
    }

    @Test
    void a_group_that_somebody_has_deleted_is_restored_with_its_schedules() {
        var id = world.automation("0 9 * * *", "UTC");
        LocalFixture.await("the record", () -> synchronization(id), "synced");
        world.server.scheduler().loseGroup(world.group());
        reconcile("{\"project_id\": 1}");
        assertThat(world.agrees()).isTrue();
    }

    private String synchronization(String automation) {
        return world.get(LocalFixture.AUTOMATIONS + automation + "/schedule/")
                .body()
                .at("/sync/status")
                .asText();
    }

    @Test
    void a_schedule_without_an_automation_is_removed_with_the_daily_look() {
        var kept = world.automation("0 9 * * *", "UTC");
        var target = world.schedule("task-automation-" + kept).target();
        for (var input : List.of(target.input(), "{}", "no JSON")) {
            world.scheduler.createSchedule(create ->
                    create.name("task-automation-" + UUID.randomUUID())
                            .groupName(world.group())
                            .scheduleExpression("cron(0 9 * * ? *)")
                            .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                            .target(target.toBuilder().input(input).build()));
        }
        assertThat(world.agrees()).isFalse();
        assertThat(world.invoke("StartReconciliation", "{\"schedules\": true}").status())
                .isEqualTo(200);
        world.awaitAgreement();
    }

    /// How many occurrences are written down. The API computes those that are not, too.
    private static int records(String automation) {
        try (var rows =
                DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            return rows.query(query ->
                            query.tableName(rows.listTables().tableNames().getFirst())
                                    .keyConditionExpression("pk = :partition")
                                    .expressionAttributeValues(
                                            Map.of(
                                                    ":partition",
                                                    AttributeValue.fromS(
                                                            "OCCURRENCES#1#" + automation))))
                    .count();
        }
    }

    private static JsonNode zero() {
        return Json.object().put("n", 0).path("n");
    }

    private JsonNode reconcile(String input) {
        return world.invoke("Reconcile", input).body();
    }

    /// A `Reconcile` whose requests to AWS can be looked at.
    private final class Watched {
        private final ConcurrentLinkedQueue<IamRequest> requests = new ConcurrentLinkedQueue<>();
        private final Reconcile function;

        private Watched() {
            var settings = world.server.template().function("Reconcile").orElseThrow();
            var http = new Watching(AwsWiring.connections(Duration.ofSeconds(10)));
            function = new Reconcile(new AwsWiring(settings.environment(), world.clock, http));
        }

        private JsonNode reconcile(String input) {
            return function.answer((ObjectNode) Json.stored(input));
        }

        private List<String> actions() {
            return requests.stream().map(IamRequest::action).toList();
        }

        private List<String> partitions() {
            return requests.stream()
                    .flatMap(request ->
                            request
                                    .context()
                                    .getOrDefault("dynamodb:LeadingKeys", List.of())
                                    .stream())
                    .toList();
        }

        private final class Watching implements SdkHttpClient {
            private final SdkHttpClient http;

            private Watching(SdkHttpClient http) {
                this.http = http;
            }

            @Override
            public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
                requests.addAll(IamHttpClient.accesses(request));
                return http.prepareRequest(request);
            }

            @Override
            public void close() {
                http.close();
            }
        }
    }
}
