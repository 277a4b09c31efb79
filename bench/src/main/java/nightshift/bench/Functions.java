package nightshift.bench;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.local.Template;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// The template's functions in this process, for what does not depend on where they run: what calls
/// they make, and the rows that others are measured with.
final class Functions {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Template template;
    private final Map<String, RequestStreamHandler> instances = new HashMap<>();

    Functions(Template template) {
        this.template = template;
    }

    Template.Function get(String name) {
        var function = template.functions().get(name);
        if (function == null) throw new IllegalArgumentException("the template has no " + name);
        return function;
    }

    /// The template's settings, but without the limits that a benchmark would run into.
    Map<String, String> settings(String name) {
        var settings = new HashMap<>(get(name).environment());
        settings.replace("AUTOMATIONS_PER_PROJECT", "1000000");
        if (name.equals("FireTaskAutomation")) {
            settings.put("OCCURRENCE_TOLERANCE_SECONDS", "2592000"); // a month's will do
        }
        return settings;
    }

    /// A setting that some function has.
    String setting(String name) {
        return template.functions().values().stream()
                .map(function -> function.environment().get(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    /// An instance that has not been called.
    RequestStreamHandler fresh(String name) {
        try {
            return Class.forName(get(name).handlerClass())
                    .asSubclass(RequestStreamHandler.class)
                    .getConstructor(Wiring.class)
                    .newInstance(
                            new AwsWiring(
                                    settings(name),
                                    new MeteredHttp(UrlConnectionHttpClient.create())));
        } catch (ReflectiveOperationException broken) {
            throw new IllegalStateException(broken);
        }
    }

    /// The answer to an event.
    JsonNode call(String name, String event) throws IOException {
        return call(instances.computeIfAbsent(name, this::fresh), event);
    }

    static JsonNode call(RequestStreamHandler function, String event) throws IOException {
        var answer = new ByteArrayOutputStream();
        function.handleRequest(
                new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), answer, null);
        return JSON.readTree(answer.toByteArray());
    }

    /// The body of an API function's answer, which must not be a refusal.
    JsonNode body(String name, String event) throws IOException {
        var answer = call(name, event);
        if (answer.path("statusCode").asInt() >= 400) {
            throw new IllegalStateException(name + " refused: " + answer);
        }
        return JSON.readTree(answer.path("body").asText());
    }
}
