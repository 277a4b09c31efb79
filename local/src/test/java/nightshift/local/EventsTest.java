package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Sends each sample event to its function over the Invoke API.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class EventsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EVENTS = Path.of("..", "events");
    private static final String PLACEHOLDER = "phx_replace-with-your-key";

    /// The expected answers of API functions that do not answer 404.
    private static final Map<String, Integer> STATUS =
            Map.ofEntries(
                    Map.entry("ListTaskAutomations", 200),
                    Map.entry("ListAutomationPolicies", 200),
                    Map.entry("ListAutomationStates", 200),
                    Map.entry("ListProjectTaskRuns", 200),
                    Map.entry("ListProjectOccurrences", 200),
                    Map.entry("ListUpcomingOccurrences", 200),
                    Map.entry("RetrieveApiKey", 200),
                    Map.entry("CreateTaskAutomation", 201),
                    Map.entry("PreviewTaskAutomation", 200),
                    Map.entry("ListNotificationChannels", 200),
                    Map.entry("CreateNotificationChannel", 201),
                    Map.entry("ListTasks", 200),
                    Map.entry("CreateTask", 201),
                    Map.entry("RetrieveSchema", 200),
                    Map.entry("RetrieveDocs", 200),
                    Map.entry("RetrieveConsole", 200),
                    Map.entry("RefuseRequest", 405));

    /// The expected answers of functions without a route, except those with an empty list of
    /// failures.
    private static final Map<String, String> OUTPUT =
            Map.of(
                    "FireTaskAutomation", "{\"outcome\": \"deleted\", \"run_id\": null}",
                    "EraseProject", "{\"done\": true, \"rows\": 0, \"objects\": 0}",
                    "RevokeApiKey", "{\"revoked\": true}",
                    "PutProject", "{\"id\": 1, \"name\": \"Acme\", \"github_integrations\": [7]}");

    private final Template template = Template.read(LocalFixture.TEMPLATE);
    private @TempDir static Path state;
    private LocalFixture world;

    @BeforeAll
    void open() {
        world = new LocalFixture(state, "2099-01-05T09:00:30Z");
    }

    @AfterAll
    void close() {
        world.close();
    }

    Stream<String> functions() {
        return template.functions().keySet().stream();
    }

    @Test
    void there_is_one_sample_for_each_function() throws IOException {
        try (var files = Files.list(EVENTS)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            functions().map(EventsTest::file).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void the_function_answers_its_sample(String function) throws IOException {
        var sample =
                Files.readString(EVENTS.resolve(file(function)))
                        .replace(PLACEHOLDER, world.server.keys().write());
        if (function.equals("RevokeApiKey"))
            sample = JSON.createObjectNode().put("id", key()).toString();
        if (function.equals("EraseProject"))
            world.invoke("PutProject", "{\"id\": 9, \"name\": \"Nightly dependency check\"}");

        var answer = world.invoke(function, sample);

        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        if (template.functions().get(function).routes().isEmpty()) {
            checkOutput(function, answer.body());
        } else {
            assertThat(answer.body().path("statusCode").asInt())
                    .as("%s", answer.body())
                    .isEqualTo(STATUS.getOrDefault(function, 404));
            checkSample(function, JSON.readTree(sample));
        }
    }

    /// The id of a key that may be revoked, in place of the sample's.
    private String key() throws IOException {
        return world.invoke("CreateApiKey", Files.readString(EVENTS.resolve("create-api-key.json")))
                .text("id");
    }

    private static void checkOutput(String function, JsonNode output) throws IOException {
        switch (function) {
            case "CreateApiKey" -> {
                assertThat(fields(output))
                        .containsExactlyInAnyOrder(
                                "id",
                                "key",
                                "label",
                                "scopes",
                                "projects",
                                "expires_at",
                                "created_at");
                assertThat(output.path("key").asText()).matches("phx_[0-9A-Za-z]{43,}");
            }
            case "ListApiKeys" -> {
                assertThat(output.toString()).doesNotContain("phx_", "sha256");
                assertThat(output.toString()).contains("last_used_at");
            }
            case "Reconcile" ->
                    assertThat(fields(output))
                            .containsExactlyInAnyOrder(
                                    "automations", "unsynced", "orphans", "missed");
            case "SyncSchedule", "PublishTaskRunEvents" ->
                    assertThat(output).isEqualTo(JSON.readTree("{\"batchItemFailures\": []}"));
            default -> {
                var expected = OUTPUT.get(function);
                if (expected != null) assertThat(output).isEqualTo(JSON.readTree(expected));
            }
        }
    }

    /// Checks that a sample calls a route of its own function.
    private void checkSample(String function, JsonNode sample) {
        var routes =
                template.functions().get(function).routes().stream()
                        .filter(route ->
                                route.path().equals(sample.path("resource").asText())
                                        && (route.method().equals("ANY")
                                                || route.method()
                                                        .equals(
                                                                sample.path("httpMethod")
                                                                        .asText())));
        assertThat(routes).hasSize(1);
    }

    private static Set<String> fields(JsonNode output) {
        return ((ObjectNode) output)
                .properties().stream()
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String file(String function) {
        return function.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT) + ".json";
    }
}
