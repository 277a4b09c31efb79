package nightshift.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.ProxyRequestContext;

import org.jspecify.annotations.Nullable;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;

/// Calls for tests, built as API Gateway's events: whatever is not said is a plain `GET` of project
/// 1's automations with a key.
public final class CallBuilder {
    /// The key that a call carries unless it says otherwise.
    public static final String KEY = "phx_0123456789abcdefghijABCDEFGHIJ0123456789abc";

    private static final String HOST = "example.execute-api.eu-central-1.amazonaws.com";
    private static final String STAGE = "prod";

    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Map<String, List<String>> queries = new LinkedHashMap<>();
    private final Map<String, String> variables = new LinkedHashMap<>();
    private String method = "GET";
    private String resource = "/api/projects/{project_id}/task_automations";
    private String path = "";
    private @Nullable String body;

    private CallBuilder() {
        inProject(1).key(KEY);
    }

    public static CallBuilder call() {
        return new CallBuilder();
    }

    public CallBuilder method(String method) {
        this.method = method;
        return this;
    }

    /// The path's pattern in the template.
    public CallBuilder resource(String resource) {
        this.resource = resource;
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
        queries.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
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
        this.body = Base64.getEncoder().encodeToString(body);
        return header("Content-Type", contentType);
    }

    public Call build() {
        return Call.of(event());
    }

    /// The call as Lambda gets it.
    public APIGatewayProxyRequestEvent event() {
        var called = path.isEmpty() ? filled() : path;
        return new APIGatewayProxyRequestEvent()
                .withHttpMethod(method)
                .withResource(resource)
                .withPath(called)
                .withHeaders(new LinkedHashMap<>(headers))
                .withPathParameters(new LinkedHashMap<>(variables))
                .withMultiValueQueryStringParameters(new LinkedHashMap<>(queries))
                .withBody(body)
                .withIsBase64Encoded(body != null)
                .withRequestContext(
                        new ProxyRequestContext()
                                .withStage(STAGE)
                                .withDomainName(HOST)
                                .withPath("/" + STAGE + called));
    }

    private String filled() {
        var filled = resource;
        for (var variable : variables.entrySet()) {
            filled = filled.replace("{" + variable.getKey() + "}", variable.getValue());
        }
        return filled;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }
}
