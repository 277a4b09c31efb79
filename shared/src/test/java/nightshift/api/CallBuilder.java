package nightshift.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.StringJoiner;
import java.util.UUID;

/// Calls for tests, built as API Gateway's events: whatever is not said is a plain `GET` of project
/// 1's automations with a key.
public final class CallBuilder {
    /// The key that a call carries unless it says otherwise.
    public static final String KEY = "phx_0123456789abcdefghijABCDEFGHIJ0123456789abc";

    private static final String HOST = "example.execute-api.eu-central-1.amazonaws.com";
    private static final String STAGE = "prod";

    private final ObjectNode event = Json.object();
    private final ObjectNode headers = Json.object();
    private final ObjectNode queries = Json.object();
    private final ObjectNode variables = Json.object();
    private String path = "";

    private CallBuilder() {
        method("GET").resource("/api/projects/{project_id}/task_automations").inProject(1).key(KEY);
        event.putNull("body").put("isBase64Encoded", false);
    }

    public static CallBuilder call() {
        return new CallBuilder();
    }

    public CallBuilder method(String method) {
        event.put("httpMethod", method);
        return this;
    }

    /// The path's pattern in the template.
    public CallBuilder resource(String resource) {
        event.put("resource", resource);
        return this;
    }

    /// The path as called; without it, the resource with its variables filled in.
    public CallBuilder path(String path) {
        this.path = path;
        return this;
    }

    public CallBuilder inProject(long id) {
        return variable("project_id", String.valueOf(id));
    }

    public CallBuilder id(UUID id) {
        return variable("id", id.toString());
    }

    public CallBuilder taskId(UUID id) {
        return variable("task_id", id.toString());
    }

    public CallBuilder variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /// One more value of a query parameter.
    public CallBuilder query(String name, String value) {
        queries.withArray("/" + name.replace("~", "~0").replace("/", "~1")).add(value);
        return this;
    }

    public CallBuilder header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /// The key in the `Authorization` header.
    public CallBuilder key(String key) {
        return header("Authorization", "Bearer " + key);
    }

    /// No key in the header.
    public CallBuilder anonymous() {
        headers.remove("Authorization");
        return this;
    }

    public CallBuilder json(String body) {
        return body(body, "application/json");
    }

    /// A form of names and values in turn.
    public CallBuilder form(String... namesAndValues) {
        var form = new StringJoiner("&");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            form.add(encode(namesAndValues[i]) + "=" + encode(namesAndValues[i + 1]));
        }
        return body(form.toString(), "application/x-www-form-urlencoded");
    }

    public CallBuilder body(String body, String contentType) {
        return body(body.getBytes(UTF_8), contentType);
    }

    public CallBuilder body(byte[] body, String contentType) {
        event.put("body", Base64.getEncoder().encodeToString(body)).put("isBase64Encoded", true);
        return header("Content-Type", contentType);
    }

    public Call build() {
        return Call.of(event());
    }

    /// The call as Lambda gets it.
    public ObjectNode event() {
        var called = path.isEmpty() ? filled() : path;
        var all = event.deepCopy();
        all.put("path", called);
        all.set("headers", headers.deepCopy());
        all.set("pathParameters", variables.deepCopy());
        all.set("multiValueQueryStringParameters", queries.deepCopy());
        all.putObject("requestContext")
                .put("stage", STAGE)
                .put("domainName", HOST)
                .put("path", "/" + STAGE + called);
        return all;
    }

    private String filled() {
        var filled = event.path("resource").asText();
        for (var variable : variables.properties()) {
            filled = filled.replace("{" + variable.getKey() + "}", variable.getValue().asText());
        }
        return filled;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
