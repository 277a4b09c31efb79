package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.functions.lambda.HandlerInvoker;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.site.RetrieveConsole;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Serves the console with lists that a test has made, so that a night of any size takes no time to
/// make. The end-to-end tests of the console use the API itself.
final class ConsoleStub implements AutoCloseable {
    static final String KEY = "phx_a-key-of-the-stub";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROJECT = "/api/projects/1/";
    private static final String RUN = "tasks/a-task/runs/a-run/";
    private static final String RUN_PAGE = "#/runs/a-task/a-run";

    private final ConsoleNight night;
    private final HandlerInvoker console;
    private final LoopbackHttpServer server;
    private volatile byte[] log = {};

    ConsoleStub(ConsoleNight night) throws IOException {
        this.night = night;
        this.console = HandlerInvoker.of(new RetrieveConsole(bucket()));
        this.server = LoopbackHttpServer.serve(0, 1 << 20, this::answer);
    }

    /// The page, signed in by the fragment.
    String signedIn() {
        return address() + "#key=" + KEY;
    }

    String address() {
        return "http://127.0.0.1:" + server.port() + "/console/";
    }

    /// The page of a run that succeeded long ago with this log.
    String run(byte[] log) {
        this.log = log;
        return address() + RUN_PAGE;
    }

    @Override
    public void close() {
        server.close();
    }

    static Wiring bucket() {
        return (Wiring)
                Proxy.newProxyInstance(
                        Wiring.class.getClassLoader(),
                        new Class<?>[] {Wiring.class},
                        (_, method, _) -> {
                            if (method.getName().equals("bucketUrl")) {
                                return URI.create("https://b.s3.us-east-1.amazonaws.com/any");
                            }
                            throw new AssertionError(method + " was asked for");
                        });
    }

    private LoopbackHttpServer.Response answer(LoopbackHttpServer.Request request) {
        var path = request.path();
        if (path.startsWith("/console")) return file(path);
        if (!request.header("Authorization").equals("Bearer " + KEY)) return json(401, refusal());
        if (path.equals("/api/schema/")) return text("info:\n  version: 0.1.0\n");
        if (path.equals("/api/keys/@me/")) return json(200, me());
        var query = query(request.query());
        return switch (path.startsWith(PROJECT) ? path.substring(PROJECT.length()) : "") {
            case "automation_states/" -> page(night.states, query);
            case "occurrences/" ->
                    page(
                            night.occurrences.stream()
                                    .filter(each -> isIn(each, query))
                                    .sorted(newestFirst())
                                    .toList(),
                            query);
            case "upcoming/" ->
                    json(
                            200,
                            JSON.createObjectNode()
                                    .put("truncated", false)
                                    .putNull("busiest")
                                    .set("results", JSON.valueToTree(night.upcoming)));
            case "task_runs/", "notification_channels/" -> page(List.of(), query);
            case RUN -> json(200, run());
            case RUN + "logs/" ->
                    new LoopbackHttpServer.Response(
                            200,
                            List.of(
                                    new LoopbackHttpServer.Header(
                                            "Content-Type", "application/jsonl")),
                            log);
            default -> json(404, refusal());
        };
    }

    private static Comparator<JsonNode> newestFirst() {
        return Comparator.comparing((JsonNode each) -> each.path("scheduled_at").asText())
                .reversed();
    }

    private static boolean isIn(JsonNode occurrence, Map<String, String> query) {
        return occurrence.path("scheduled_at").asText().compareTo(query.getOrDefault("from", ""))
                        >= 0
                && (!query.containsKey("status")
                        || occurrence.path("status").asText().equals(query.get("status")));
    }

    private static LoopbackHttpServer.Response page(
            Collection<? extends JsonNode> all, Map<String, String> query) {
        int limit = Integer.parseInt(query.getOrDefault("limit", "100"));
        int offset = Integer.parseInt(query.getOrDefault("offset", "0"));
        var results = all.stream().skip(offset).limit(limit).toList();
        var body = JSON.createObjectNode().put("count", all.size());
        body.put("next", offset + limit < all.size() ? "more" : null).putNull("previous");
        body.set("results", JSON.valueToTree(results));
        return json(200, body);
    }

    private static JsonNode me() {
        var me = JSON.createObjectNode().put("label", "laptop");
        me.putArray("scopes").add("task:write");
        me.putArray("projects").addObject().put("id", 1).put("name", "Acme");
        me.putObject("owner").put("first_name", "Ada").put("email", "ada@acme.example");
        return me;
    }

    private static JsonNode run() {
        var run =
                JSON.createObjectNode()
                        .put("id", "a-run")
                        .put("task", "a-task")
                        .putNull("stage")
                        .putNull("branch")
                        .put("status", "completed")
                        .putNull("log_url")
                        .putNull("error_message")
                        .putNull("output")
                        .put("created_at", "2026-11-26T02:10:00Z")
                        .put("updated_at", "2026-11-26T02:19:41Z")
                        .put("completed_at", "2026-11-26T02:19:41Z");
        run.putObject("state");
        run.putArray("artifacts");
        return run;
    }

    private static JsonNode refusal() {
        return JSON.createObjectNode()
                .put("type", "invalid_request")
                .put("code", "not_found")
                .put("detail", "Not found.")
                .putNull("attr");
    }

    private LoopbackHttpServer.Response file(String path) {
        var name = path.replaceFirst("^/console/?", "");
        var event =
                JSON.createObjectNode()
                        .put("httpMethod", "GET")
                        .put("resource", name.isEmpty() ? "/console" : "/console/{proxy+}")
                        .put("path", path);
        event.putObject("requestContext").put("domainName", "127.0.0.1").put("path", path);
        if (!name.isEmpty()) event.putObject("pathParameters").put("proxy", name);
        try {
            var answer = JSON.readTree(console.invoke(JSON.writeValueAsBytes(event), null));
            var headers = new ArrayList<LoopbackHttpServer.Header>();
            answer.path("headers")
                    .forEachEntry((header, value) ->
                            headers.add(new LoopbackHttpServer.Header(header, value.asText())));
            var body = answer.path("body").asText();
            return new LoopbackHttpServer.Response(
                    answer.path("statusCode").asInt(),
                    headers,
                    answer.path("isBase64Encoded").asBoolean()
                            ? Base64.getDecoder().decode(body)
                            : body.getBytes(StandardCharsets.UTF_8));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static LoopbackHttpServer.Response json(int status, JsonNode body) {
        return new LoopbackHttpServer.Response(
                status,
                List.of(new LoopbackHttpServer.Header("Content-Type", "application/json")),
                body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static LoopbackHttpServer.Response text(String body) {
        return new LoopbackHttpServer.Response(
                200,
                List.of(new LoopbackHttpServer.Header("Content-Type", "text/plain")),
                body.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> query(String query) {
        var values = new HashMap<String, String>();
        for (var pair : query.split("&", -1)) {
            var parts = pair.split("=", 2);
            if (parts.length == 2) {
                values.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return values;
    }
}
