package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Tests that a project is erased with all that it has, and no other one.
@Timeout(120)
@ExtendWith(PermissionUseRecorder.class)
class EraseProjectTest {
    @TempDir private static Path state;
    private static LocalFixture world;

    @BeforeAll
    static void open() {
        world = new LocalFixture(state, "2099-01-05T09:00:30Z");
    }

    @AfterAll
    static void close() {
        world.close();
    }

    @Test
    void a_project_is_gone_with_rows_objects_schedules_and_keys_and_the_others_stay()
            throws Exception {
        var kept = world.automation("0 9 * * *", "UTC");
        world.invoke("PutProject", "{\"id\": 77, \"name\": \"Acme\"}");
        var key =
                world.invoke(
                                "CreateApiKey",
                                """
                                {"label": "ci", "scopes": ["task:write"], "projects": [77],
                                 "owner": {"first_name": "Ada"}}
                                """)
                        .text("key");
        var automation =
                send(
                        key,
                        "/api/projects/77/task_automations/",
                        """
                        {"name": "n", "prompt": "p", "repository": "a/b",
                         "cron_expression": "0 9 * * *", "timezone": "UTC"}
                        """);
        var id = automation.path("id").asText();
        assertThat(id).isNotEmpty();
        send(key, "/api/projects/77/task_automations/" + id + "/run/", "{}");
        var task = automation.path("last_task_id").asText();
        var run = send(key, "/api/projects/77/tasks/" + task + "/runs/", "{}").path("id").asText();
        var path = "/api/projects/77/tasks/" + task + "/runs/" + run;
        send(key, path + "/append_log/", "{\"entries\": [{\"n\": 1}]}");
        send(
                key,
                path + "/artifacts/",
                "{\"artifacts\": [{\"name\": \"a\", \"type\": \"output\", \"content\": \"b\"}]}");
        LocalFixture.await("schedules", () -> world.present().toString().contains(id), true);
        for (var partition : List.of("CHANNELS", "DELIVERIES", "KEY_USES", "SCHEDULES")) {
            put(partition + "#77", "another");
        }
        put("OCCURRENCES#77#" + id, "2099-01-05T09:00:00Z");
        putOccurrence(UUID.randomUUID()); // of an automation that was deleted before

        assertThat(world.invoke("EraseProject", "{\"id\": 77, \"confirm\": \"acme\"}").status())
                .isZero();
        assertThat(send(key, path + "/heartbeat/", "{}").isMissingNode()).isFalse();
        JsonNode erased;
        int calls = 0;
        do {
            erased = world.invoke("EraseProject", "{\"id\": 77, \"confirm\": \"Acme\"}").body();
            calls++;
        } while (!erased.path("done").asBoolean() && calls < 10);

        assertThat(erased.path("done").asBoolean()).as("%s", erased).isTrue();
        assertThat(calls).isGreaterThan(1);
        LocalFixture.await("schedules", () -> world.present().toString().contains(id), false);
        assertThat(rows()).noneMatch(row -> row.matches("\\w+#77(#\\S*)? .*|PROJECTS 77"));
        assertThat(objects()).isEmpty();
        assertThat(world.get(LocalFixture.AUTOMATIONS + kept + "/").status()).isEqualTo(200);
        assertThat(world.invoke("EraseProject", "{\"id\": 77, \"confirm\": \"Acme\"}").status())
                .isZero();
    }

    private static void put(String pk, String sk) {
        put(Map.of("pk", pk, "sk", sk));
    }

    private static void putOccurrence(UUID automation) {
        var minute = "2099-01-05T08:00Z";
        put(
                Map.of(
                        "pk",
                        "OCCURRENCES#77#" + automation,
                        "sk",
                        minute,
                        "project_list",
                        "OCCURRENCES#77",
                        "list_order",
                        minute + "#" + automation));
    }

    private static void put(Map<String, String> attributes) {
        var item = new HashMap<String, AttributeValue>();
        attributes.forEach((name, value) -> item.put(name, AttributeValue.fromS(value)));
        try (var client =
                DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            client.putItem(put -> put.tableName(table()).item(item));
        }
    }

    private static String table() {
        return world.server.template().named("AWS::DynamoDB::Table").keySet().iterator().next();
    }

    private static List<String> rows() {
        try (var client =
                DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            return client.scanPaginator(scan -> scan.tableName(table())).items().stream()
                    .map(item -> item.get("pk").s() + " " + item.get("sk").s())
                    .toList();
        }
    }

    private static List<String> objects() {
        try (var client = S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            var bucket =
                    world.server.template().named("AWS::S3::Bucket").keySet().iterator().next();
            return client.listObjectsV2(list -> list.bucket(bucket)).contents().stream()
                    .map(object -> object.key())
                    .filter(name -> name.contains("team_77/"))
                    .toList();
        }
    }

    private static JsonNode send(String key, String path, String body) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(world.server.url(Port.API) + path))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .header("Authorization", "Bearer " + key)
                            .header("Content-Type", "application/json")
                            .build();
            return ApiClient.json(client.send(request, HttpResponse.BodyHandlers.ofByteArray()));
        }
    }
}
