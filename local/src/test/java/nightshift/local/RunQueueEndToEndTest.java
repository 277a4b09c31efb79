package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Tests queued runs without a worker, with the functions, permissions and settings of the
/// template.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class RunQueueEndToEndTest {
    private static final String TASKS = "/api/projects/1/tasks/";

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
    void a_queued_run_is_announced_again_until_it_has_waited_for_a_day() {
        var run = queued();
        world.forward(Duration.ofMinutes(9));
        assertThat(reaped()).isEqualTo("{\"reaped\":0,\"announced\":0,\"failed\":0}");
        world.forward(Duration.ofMinutes(1));
        assertThat(reaped()).isEqualTo("{\"reaped\":0,\"announced\":1,\"failed\":0}");
        assertThat(reaped()).isEqualTo("{\"reaped\":0,\"announced\":0,\"failed\":0}");
        world.forward(Duration.ofHours(24).minusMinutes(10));
        assertThat(reaped()).isEqualTo("{\"reaped\":0,\"announced\":1,\"failed\":0}");
        assertThat(world.get(run).text("status")).isEqualTo("queued");

        world.forward(Duration.ofMinutes(10));
        assertThat(reaped()).isEqualTo("{\"reaped\":1,\"announced\":0,\"failed\":0}");
        assertThat(world.get(run).text("status")).isEqualTo("failed");
        assertThat(world.get(run).text("error_message"))
                .isEqualTo(
                        "Failed to start task workflow: no worker has taken the run for 1440 minutes.");
    }

    @Test
    void a_run_that_cannot_be_updated_holds_up_no_other_and_lies_with_the_dead_letters() {
        var broken = queued();
        var working = queued();
        var waiting = queued();
        assertThat(world.patch(working, "{\"status\": \"in_progress\"}").status()).isEqualTo(200);
        spoil(broken);
        world.forward(Duration.ofMinutes(121));

        assertThat(reaped()).isEqualTo("{\"reaped\":1,\"announced\":1,\"failed\":1}");

        assertThat(world.get(working).text("status")).isEqualTo("failed");
        assertThat(world.get(waiting).text("status")).isEqualTo("queued");
        LocalFixture.await("the dead letter", () -> isDeadLetter(id(broken)), true);
        remove(broken);
        assertThat(world.post(waiting + "cancel/", "").status()).isEqualTo(200);
    }

    /// Creates a run and returns its path.
    private String queued() {
        var task = world.post(TASKS, "{\"title\": \"Test\"}").text("id");
        var started = world.post(TASKS + task + "/run/", "");
        assertThat(started.status()).as("%s", started.body()).isEqualTo(200);
        var run = started.body().path("latest_run").path("id").asText();
        return TASKS + task + "/runs/" + run + "/";
    }

    private String reaped() {
        var answer = world.invoke("ReapTaskRuns", "{}");
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        return answer.body().toString();
    }

    /// A part of a run's path.
    private static String part(String run, int number) {
        return List.of(run.split("/", -1)).get(number);
    }

    private static String id(String run) {
        return part(run, 7);
    }

    private static void spoil(String run) {
        change(run, "SET created_at = :value", "no time");
    }

    private static void change(String run, String expression, String value) {
        try (var table = table()) {
            table.updateItem(update ->
                    update.tableName(table.listTables().tableNames().getFirst())
                            .key(key(run))
                            .updateExpression(expression)
                            .expressionAttributeValues(
                                    Map.of(":value", AttributeValue.fromS(value))));
        }
    }

    private static void remove(String run) {
        try (var table = table()) {
            table.deleteItem(delete ->
                    delete.tableName(table.listTables().tableNames().getFirst()).key(key(run)));
        }
    }

    private static DynamoDbClient table() {
        return DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    }

    private static Map<String, AttributeValue> key(String run) {
        return Map.of(
                "pk", AttributeValue.fromS("RUNS#1#" + part(run, 5)),
                "sk", AttributeValue.fromS(id(run)));
    }

    private static boolean isDeadLetter(String run) {
        try (var files = Files.walk(state.resolve("dead-letters"))) {
            return files.filter(Files::isRegularFile)
                    .map(RunQueueEndToEndTest::read)
                    .anyMatch(it -> it.contains("TaskRuns Not Reaped") && it.contains(run));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException vanished) {
            return "";
        }
    }
}
