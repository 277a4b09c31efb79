package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Serves the template's REST API with Lambda proxy integration, as API Gateway does.
final class ApiGateway implements LoopbackHttpServer.Service {
    /// API Gateway's limit for a request body.
    static final int LARGEST_BODY = 10 * 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> SET_BY_THE_SERVER =
            Set.of("content-length", "transfer-encoding", "connection", "keep-alive", "date");

    private final ObjectNode api;
    private final Routes routes;
    private final LocalLambda lambda;
    private final Clock clock;

    ApiGateway(Template template, LocalLambda lambda, Clock clock) {
        this.api = template.api();
        this.routes = new Routes(template.functions().values());
        this.lambda = lambda;
        this.clock = clock;
    }

    @Override
    public LoopbackHttpServer.Response answer(LoopbackHttpServer.Request request) {
        var requestId = UUID.randomUUID().toString();
        if (request.body().length > LARGEST_BODY) {
            return refusal(
                    "REQUEST_TOO_LARGE",
                    413,
                    "HTTP content length exceeded 10485760 bytes.",
                    requestId);
        }
        var match = routes.match(request.method(), request.path());
        if (match.isEmpty() || match.get().function().isEmpty()) {
            return refusal(
                    "MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token", requestId);
        }
        var event = event(request, match.get(), requestId).toString();
        var payload = event.getBytes(StandardCharsets.UTF_8);
        if (payload.length > LocalLambda.LARGEST_PAYLOAD) {
            return refusal("REQUEST_TOO_LARGE", 413, "Request Too Long", requestId);
        }
        var answer = lambda.invoke(match.get().function().get(), payload);
        var response = answer.error() == null ? response(answer.payload(), requestId) : null;
        return response != null
                ? response
                : refusal("DEFAULT_5XX", 502, "Internal server error", requestId);
    }

    @Override
    public LoopbackHttpServer.Response malformed(int status) {
        var type = status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX";
        var message = status < 500 ? "Bad Request" : "Internal server error";
        return refusal(type, status, message, UUID.randomUUID().toString());
    }

    private ObjectNode event(
            LoopbackHttpServer.Request request, Routes.Match match, String requestId) {
        var event = JsonNodeFactory.instance.objectNode();
        event.put("resource", match.resource())
                .put("path", request.path())
                .put("httpMethod", request.method());
        putBoth(event, "headers", "multiValueHeaders", headers(request));
        putBoth(
                event,
                "queryStringParameters",
                "multiValueQueryStringParameters",
                query(request.query()));
        event.set("pathParameters", match.parameters().isEmpty() ? null : single(match));
        event.putNull("stageVariables");
        event.set("requestContext", requestContext(request, match, requestId));
        boolean binary = binary(request.header("Content-Type"));
        if (request.body().length == 0) {
            event.putNull("body");
        } else if (binary) {
            event.put("body", Base64.getEncoder().encodeToString(request.body()));
        } else {
            event.put("body", new String(request.body(), StandardCharsets.UTF_8));
        }
        return event.put("isBase64Encoded", binary && request.body().length > 0);
    }

    private ObjectNode requestContext(
            LoopbackHttpServer.Request request, Routes.Match match, String requestId) {
        var context = JsonNodeFactory.instance.objectNode();
        context.put("accountId", LocalAccount.ACCOUNT_ID)
                .put("apiId", "local")
                .put("domainName", request.header("Host"))
                .put("extendedRequestId", requestId)
                .put("httpMethod", request.method())
                .put("path", request.path())
                .put("protocol", "HTTP/1.1")
                .put("requestId", requestId)
                .put("requestTimeEpoch", clock.millis())
                .put("resourcePath", match.resource())
                .put("stage", api.path("StageName").asText("local"));
        context.putObject("identity")
                .put("sourceIp", request.address())
                .put("userAgent", request.header("User-Agent"));
        return context;
    }

    private static ObjectNode single(Routes.Match match) {
        var parameters = JsonNodeFactory.instance.objectNode();
        match.parameters().forEach(parameters::put);
        return parameters;
    }

    /// Replaces the client's `X-Forwarded-` headers with the gateway's own.
    private static Map<String, List<String>> headers(LoopbackHttpServer.Request request) {
        var headers = new LinkedHashMap<String, List<String>>();
        for (var header : request.headers()) {
            if (header.name().toLowerCase(Locale.ROOT).startsWith("x-forwarded-")) continue;
            headers.computeIfAbsent(header.name(), _ -> new ArrayList<>()).add(header.value());
        }
        headers.put("X-Forwarded-For", List.of(request.address()));
        headers.put("X-Forwarded-Port", List.of(request.header("Host").replaceAll(".*:", "")));
        headers.put("X-Forwarded-Proto", List.of("http"));
        return headers;
    }

    private static Map<String, List<String>> query(String query) {
        var parameters = new LinkedHashMap<String, List<String>>();
        for (var pair : query.split("&", -1)) {
            if (pair.isEmpty()) continue;
            var parts = pair.split("=", 2);
            parameters
                    .computeIfAbsent(decode(parts[0]), _ -> new ArrayList<>())
                    .add(parts.length == 2 ? decode(parts[1]) : "");
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return text;
        }
    }

    /// Writes the last value of each name under the first field and all values under the second, or
    /// null if there are none.
    private static void putBoth(
            ObjectNode event, String single, String multiple, Map<String, List<String>> values) {
        if (values.isEmpty()) {
            event.putNull(single).putNull(multiple);
            return;
        }
        var last = event.putObject(single);
        var all = event.putObject(multiple);
        values.forEach((name, each) -> {
            last.put(name, each.getLast());
            each.forEach(all.putArray(name)::add);
        });
    }

    private boolean binary(String contentType) {
        var sent =
                contentType.isEmpty() ? "application/json" : contentType.split(";", 2)[0].strip();
        for (var each : api.path("BinaryMediaTypes")) {
            var type = each.asText().replace("~1", "/");
            if (type.equals("*/*") || type.equalsIgnoreCase(sent)) return true;
        }
        return false;
    }

    /// The function's answer, or null if it is not a valid proxy response.
    private static LoopbackHttpServer.@Nullable Response response(
            byte[] payload, String requestId) {
        JsonNode answer;
        try {
            answer = JSON.readTree(payload);
        } catch (IOException _) {
            return null;
        }
        var body = answer.path("body");
        if (!answer.path("statusCode").canConvertToInt()) return null;
        if (!body.isMissingNode() && !body.isNull() && !body.isTextual()) return null;
        var headers = new LinkedHashMap<String, List<String>>();
        answer.path("headers")
                .forEachEntry((name, value) -> headers.put(name, List.of(value.asText())));
        answer.path("multiValueHeaders")
                .forEachEntry((name, values) ->
                        headers.put(name, values.valueStream().map(JsonNode::asText).toList()));
        var text = body.asText("");
        try {
            return response(
                    answer.path("statusCode").asInt(),
                    headers,
                    answer.path("isBase64Encoded").asBoolean()
                            ? Base64.getDecoder().decode(text)
                            : text.getBytes(StandardCharsets.UTF_8),
                    requestId);
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static LoopbackHttpServer.Response response(
            int status, Map<String, List<String>> headers, byte[] body, String requestId) {
        var sent = new ArrayList<LoopbackHttpServer.Header>();
        headers.forEach((name, values) -> {
            if (SET_BY_THE_SERVER.contains(name.toLowerCase(Locale.ROOT))) return;
            values.forEach(value -> sent.add(new LoopbackHttpServer.Header(name, value)));
        });
        if (headers.keySet().stream().noneMatch("Content-Type"::equalsIgnoreCase)
                && status != 204) {
            sent.add(new LoopbackHttpServer.Header("Content-Type", "application/json"));
        }
        sent.add(new LoopbackHttpServer.Header("x-amzn-RequestId", requestId));
        return new LoopbackHttpServer.Response(status, sent, body);
    }

    /// The gateway's own error, as defined by the template's `GatewayResponses`.
    private LoopbackHttpServer.Response refusal(
            String type, int status, String message, String requestId) {
        var responses = api.path("GatewayResponses");
        var given =
                responses.has(type)
                        ? responses.path(type)
                        : responses.path(status < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX");
        var body =
                given.path("ResponseTemplates")
                        .path("application/json")
                        .asText("{\"message\":$context.error.messageString}")
                        .replace("$context.error.messageString", "\"" + message + "\"")
                        .replace("$context.error.message", message)
                        .replace("$context.error.responseType", type)
                        .replace("$context.requestId", requestId);
        var headers = new LinkedHashMap<String, List<String>>();
        given.path("ResponseParameters")
                .path("Headers")
                .forEachEntry((name, value) ->
                        headers.put(name, List.of(value.asText().replaceAll("^'|'$", ""))));
        return response(
                given.path("StatusCode").asInt(status),
                headers,
                body.getBytes(StandardCharsets.UTF_8),
                requestId);
    }
}
