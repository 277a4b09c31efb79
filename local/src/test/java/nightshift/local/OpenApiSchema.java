package nightshift.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Validates answers against `docs/openapi.yaml`. It is stricter in one point: an answer must not
/// have keys that the document does not name.
public final class OpenApiSchema {
    private static final String ADDRESS = "https://nightshift.invalid/openapi";
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final OpenApiSchema DOCUMENT = new OpenApiSchema();

    private final JsonNode document;
    private final SchemaRegistry schemas;
    private final Map<String, Schema> known = new ConcurrentHashMap<>();

    private OpenApiSchema() {
        try {
            document = YamlTree.read(Files.readString(Path.of("..", "docs", "openapi.yaml")));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        var closed = document.deepCopy();
        close(closed.path("components").path("schemas"));
        schemas =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        registry ->
                                registry.schemas(Map.of(ADDRESS, closed.toString()))
                                        .schemaRegistryConfig(
                                                SchemaRegistryConfig.builder()
                                                        .formatAssertionsEnabled(true)
                                                        .build()));
    }

    /// The document as a tree.
    static JsonNode document() {
        return DOCUMENT.document;
    }

    /// All operations of the document, as `GET /api/docs`.
    public static List<String> operations() {
        return DOCUMENT.document
                .path("paths")
                .propertyStream()
                .flatMap(path ->
                        path.getValue()
                                .propertyStream()
                                .map(Map.Entry::getKey)
                                .filter(METHODS::contains)
                                .map(method ->
                                        method.toUpperCase(Locale.ROOT) + " " + path.getKey()))
                .toList();
    }

    /// Fails if the document does not allow this answer.
    ///
    /// @param method the call's method; an answer to `HEAD` is one to `GET` without a body
    /// @param path the path as called, with or without stage, final slash and query
    /// @param contentType the answer's `Content-Type`; empty: none
    /// @param body the answer's body; empty: none
    /// @throws AssertionError if the document does not allow the answer
    public static void validate(
            String method, String path, int status, String contentType, String body) {
        var problems = DOCUMENT.problems(method, path, status, contentType, body);
        if (!problems.isEmpty()) {
            throw new AssertionError(
                    "docs/openapi.yaml does not allow the answer %d %s to %s %s:%n  %s%n%s"
                            .formatted(
                                    status,
                                    contentType,
                                    method,
                                    path,
                                    String.join("\n  ", problems),
                                    body));
        }
    }

    /// Returns the errors of a value against the schema at a JSON pointer of the document.
    static List<String> problems(String pointer, JsonNode value) {
        return DOCUMENT.schema(pointer).validate(value).stream().map(Object::toString).toList();
    }

    private List<String> problems(
            String method, String path, int status, String contentType, String body) {
        var pattern = pattern(path);
        var operation =
                pattern.map(found -> "/paths/" + escape(found) + "/" + operation(method))
                        .filter(pointer -> !document.at(pointer).isMissingNode());
        if (operation.isEmpty()) {
            return problemsOfRefusal(pattern.isPresent(), method, status, body);
        }
        var response = response(operation.get() + "/responses", status);
        if (response.isEmpty()) {
            return List.of("this operation does not have the status " + status);
        }
        var contents = document.at(response.get()).path("content");
        if (method.equals("HEAD") || contents.isEmpty()) {
            return body.isEmpty() ? List.of() : List.of("there must be no body");
        }
        var type = mediaType(contents, contentType);
        if (type.isEmpty()) {
            return List.of("this status does not have the content type " + contentType);
        }
        if (!type.get().equals("application/json")) {
            return List.of();
        }
        return parsed(body)
                .map(json ->
                        problems(
                                response.get() + "/content/" + escape(type.get()) + "/schema",
                                json))
                .orElse(List.of("the body is no JSON"));
    }

    /// A request without an operation is refused with the error envelope.
    private static List<String> problemsOfRefusal(
            boolean pathExists, String method, int status, String body) {
        var problems = new ArrayList<String>();
        if (status < 400) {
            problems.add(pathExists ? "this path has no " + method : "there is no such path");
        }
        if (!method.equals("HEAD")) {
            problems.addAll(
                    parsed(body)
                            .map(json -> problems("/components/schemas/Error", json))
                            .orElse(List.of("the body is no JSON")));
        }
        return problems;
    }

    private static String operation(String method) {
        return method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
    }

    /// The document's path that matches a request path. Of several matches, the one with the fewest
    /// variables wins.
    private Optional<String> pattern(String path) {
        var called = path.replaceFirst("\\?.*", "").replaceFirst("^.*?(?=/api/)", "");
        var plain = called.endsWith("/") ? called.substring(0, called.length() - 1) : called;
        return document.path("paths")
                .propertyStream()
                .map(Map.Entry::getKey)
                .filter(pattern -> plain.matches(pattern.replaceAll("\\{\\w+}", "[^/]+")))
                .min(Comparator.comparingInt(pattern -> pattern.split("\\{", -1).length));
    }

    /// The pointer to the response of a status, with the reference resolved.
    private Optional<String> response(String responses, int status) {
        for (var key : List.of(String.valueOf(status), status / 100 + "XX", "default")) {
            var response = document.at(responses).path(key);
            if (response.has("$ref")) {
                return Optional.of(response.path("$ref").asText().substring(1));
            }
            if (!response.isMissingNode()) {
                return Optional.of(responses + "/" + key);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> mediaType(JsonNode contents, String contentType) {
        var plain = contentType.split(";", 2)[0].strip();
        if (contents.has(plain)) return Optional.of(plain);
        return contents.has("*/*") ? Optional.of("*/*") : Optional.empty();
    }

    private static Optional<JsonNode> parsed(String body) {
        try {
            return Optional.of(JSON.readTree(body)).filter(json -> !json.isMissingNode());
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }

    private Schema schema(String pointer) {
        return known.computeIfAbsent(
                pointer, _ -> schemas.getSchema(SchemaLocation.of(ADDRESS + "#" + pointer)));
    }

    /// Forbids unknown keys where the document does not say.
    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(OpenApiSchema::close);
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
