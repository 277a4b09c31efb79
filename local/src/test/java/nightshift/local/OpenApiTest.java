package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Endpoint;
import nightshift.functions.lambda.HandlerInvoker;
import nightshift.functions.site.RetrieveDocs;
import nightshift.functions.site.RetrieveSchema;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Checks `docs/openapi.yaml` against the template and its own examples.
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final String AUTOMATIONS = "/api/projects/1/task_automations/";

    private final JsonNode document = OpenApiSchema.document();

    @Test
    void describes_the_routes_of_the_template_and_no_others() {
        var described = new TreeMap<String, String>();
        operations()
                .forEach((operation, description) ->
                        described.put(operation, description.path("operationId").asText()));

        assertThat(described).isEqualTo(routes());
    }

    @Test
    void says_the_scope_of_every_operation_that_needs_a_key() {
        assertThat(operations())
                .allSatisfy((operation, description) -> {
                    var scopes = description.path("security").path(0).path("personalApiKey");
                    boolean claim =
                            operation.endsWith("/claim"); // its body has a token instead of a key
                    if (operation.contains("{project_id}") && !claim) {
                        assertThat(scopes).hasSize(1);
                        assertThat(description.path("description").asText())
                                .contains("Scope `" + scopes.path(0).asText() + "`");
                    } else {
                        assertThat(description.path("security")).isEmpty();
                    }
                });
    }

    @Test
    void every_example_satisfies_the_schemas_that_it_stands_beside() {
        var checked = new TreeSet<String>();
        checkExamples("", document, checked);

        assertThat(checked)
                .hasSize(document.at("/components/examples").size())
                .allSatisfy(name -> assertThat(name).startsWith("/components/examples/"));
    }

    @Test
    void the_files_of_examples_are_those_of_the_document() throws IOException {
        var named = new TreeMap<String, String>();
        document.at("/components/examples")
                .forEachEntry((name, example) ->
                        named.put(fileName(name), example.path("value").toString()));

        try (var files = Files.list(Path.of("..", "docs", "examples"))) {
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy(file ->
                            assertThat(JSON.readTree(file.toFile()).toString())
                                    .isEqualTo(named.get(file.getFileName().toString())));
        }
    }

    @Test
    void an_answer_that_is_described_passes() {
        var automation = document.at("/components/examples/TaskAutomation/value").toString();

        OpenApiSchema.validate("POST", AUTOMATIONS, 201, "application/json", automation);
        OpenApiSchema.validate("HEAD", AUTOMATIONS + "?limit=1", 200, "application/json", "");
        OpenApiSchema.validate("DELETE", "/prod" + AUTOMATIONS + "x", 204, "", "");
    }

    @Test
    void an_answer_that_is_not_described_fails() {
        var automation = document.at("/components/examples/TaskAutomation/value");
        var larger = (ObjectNode) automation.deepCopy();
        larger.put("extra", 1);
        var smaller = larger.deepCopy();
        smaller.remove(List.of("extra", "last_error"));

        for (var body : Stream.of(larger, smaller).map(JsonNode::toString).toList()) {
            assertThatThrownBy(() ->
                            OpenApiSchema.validate(
                                    "POST", AUTOMATIONS, 201, "application/json", body))
                    .isInstanceOf(AssertionError.class);
        }
        for (var status : new int[] {200, 202, 204, 302, 422}) {
            assertThatThrownBy(() ->
                            OpenApiSchema.validate(
                                    "POST",
                                    AUTOMATIONS,
                                    status,
                                    "application/json",
                                    automation.toString()))
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void what_has_no_operation_is_refused_in_the_envelope() {
        var refusal = document.at("/components/examples/NotFound/value").toString();

        OpenApiSchema.validate("PUT", AUTOMATIONS, 405, "application/json", refusal);
        OpenApiSchema.validate("GET", "/api/nothing", 404, "application/json", refusal);
        assertThatThrownBy(() ->
                        OpenApiSchema.validate("PUT", AUTOMATIONS, 200, "application/json", "{}"))
                .hasMessageContaining("has no PUT");
    }

    @Test
    void is_served_with_the_server_that_was_called() throws IOException {
        var answer = served(new RetrieveSchema(), "/api/schema/", "GET", null);
        var served = YamlTree.read(answer.path("body").asText());

        assertThat(served.at("/servers/0/url").asText()).isEqualTo("https://api.example/prod");
        assertThat(served.path("paths")).isEqualTo(document.path("paths"));
        assertThat(served.path("components")).isEqualTo(document.path("components"));
        assertThat(served(new RetrieveSchema(), "/api/schema/", "HEAD", null)).isEqualTo(answer);
    }

    @Test
    void the_page_asks_for_nothing_but_its_own_files() throws IOException {
        var page = served(new RetrieveDocs(), "/api/docs/", "GET", null).path("body").asText();
        var asked =
                Pattern.compile("(?:src|href)=\"([^\"]*)\"")
                        .matcher(page.replaceAll("<noscript>.*</noscript>", ""))
                        .results()
                        .map(match -> match.group(1))
                        .filter(link -> !link.startsWith("data:"))
                        .toList();

        assertThat(asked)
                .hasSize(4)
                .allSatisfy(link -> {
                    assertThat(link).startsWith("?file=");
                    var file = link.substring("?file=".length());
                    var answer = served(new RetrieveDocs(), "/api/docs", "GET", file);
                    assertThat(answer.path("statusCode").asInt()).isEqualTo(200);
                    assertThat(answer.path("body").asText()).isNotEmpty();
                });
        assertThat(
                        served(new RetrieveDocs(), "/api/docs", "GET", "../openapi.yaml")
                                .path("statusCode")
                                .asInt())
                .isEqualTo(404);
    }

    private static JsonNode served(
            Endpoint function, String path, String method, @Nullable String file)
            throws IOException {
        var event = JSON.createObjectNode().put("httpMethod", method).put("path", path);
        event.putObject("requestContext")
                .put("domainName", "api.example")
                .put("path", "/prod" + path);
        if (file != null) {
            event.putObject("queryStringParameters").put("file", file);
        }
        return JSON.readTree(
                HandlerInvoker.of(function).invoke(JSON.writeValueAsBytes(event), null));
    }

    /// Maps `GET /path` to the function's name with a lower-case first letter. `HEAD` and the
    /// console's files are left out.
    private static Map<String, String> routes() {
        var routes = new TreeMap<String, String>();
        for (var function : Template.read(Path.of("..", "template.yaml")).functions().values()) {
            for (var route : function.routes()) {
                if (route.path().startsWith("/api/")
                        && !Set.of("ANY", "HEAD").contains(route.method())) {
                    routes.put(route.method() + " " + route.path(), decapitalized(function.id()));
                }
            }
        }
        return routes;
    }

    private Map<String, JsonNode> operations() {
        var operations = new TreeMap<String, JsonNode>();
        document.path("paths")
                .forEachEntry((path, item) ->
                        item.forEachEntry((method, operation) -> {
                            if (METHODS.contains(method)) {
                                operations.put(
                                        method.toUpperCase(Locale.ROOT) + " " + path, operation);
                            }
                        }));
        return operations;
    }

    /// Validates each example below this pointer against its schema.
    private void checkExamples(String pointer, JsonNode node, Set<String> checked) {
        if (node.path("examples").isObject() && node.has("schema")) {
            for (var reference : node.path("examples")) {
                var example = reference.path("$ref").asText().substring(1);
                assertThat(
                                OpenApiSchema.problems(
                                        pointer + "/schema", document.at(example + "/value")))
                        .as("%s at %s", example, pointer)
                        .isEmpty();
                checked.add(example);
            }
        }
        for (var child : node.properties()) {
            var key = child.getKey().replace("~", "~0").replace("/", "~1");
            checkExamples(pointer + "/" + key, child.getValue(), checked);
        }
    }

    private static String fileName(String example) {
        return decapitalized(example).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)
                + ".json";
    }

    private static String decapitalized(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }
}
