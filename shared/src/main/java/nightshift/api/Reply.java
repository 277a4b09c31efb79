package nightshift.api;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// An answer, and how it looks to API Gateway.
///
/// @param body text or, for bytes that need not be text, base64; empty: no body
public record Reply(int status, Map<String, String> headers, String body, boolean base64) {
    private static final String JSON = "application/json";

    /// Headers of every answer that does not set them itself. The template gives the same to the
    /// gateway's own answers.
    private static final Map<String, String> SAFE =
            Map.of(
                    "Cache-Control", "no-store",
                    "Strict-Transport-Security", "max-age=31536000",
                    "X-Content-Type-Options", "nosniff");

    public static Reply ok(JsonNode body) {
        return json(200, body);
    }

    public static Reply created(JsonNode body) {
        return json(201, body);
    }

    /// An answer of JSON with any status.
    public static Reply of(int status, JsonNode body) {
        return json(status, body);
    }

    public static Reply noContent() {
        return new Reply(204, Map.of(), "", false);
    }

    /// An answer of text in another format than JSON.
    public static Reply text(String contentType, String body) {
        return new Reply(200, Map.of("Content-Type", contentType), body, false);
    }

    /// An answer of bytes.
    public static Reply bytes(String contentType, byte[] body) {
        return new Reply(
                200,
                Map.of("Content-Type", contentType),
                Base64.getEncoder().encodeToString(body),
                true);
    }

    /// Sends the client to another URL.
    ///
    /// @param status 303 to fetch it with GET, 307 to repeat the call there
    public static Reply redirect(int status, URI location) {
        return new Reply(
                status,
                Map.of("Location", location.toString(), "Cache-Control", "no-cache"),
                "",
                false);
    }

    /// The same answer with one more header.
    public Reply with(String header, String value) {
        var all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new Reply(status, all, body, base64);
    }

    /// The answer to a refused call.
    public static Reply refusing(ApiError error) {
        return switch (error) {
            case ApiError.Invalid(var code, var detail, var attr) ->
                    envelope(400, "validation_error", code, detail, attr);
            case ApiError.Malformed(var detail) -> refusal(400, "parse_error", detail);
            case ApiError.UnsupportedMediaType(var type) ->
                    refusal(
                            415,
                            "unsupported_media_type",
                            "Unsupported media type \"" + type + "\" in request.");
            case ApiError.UnsupportedEncoding(var encoding) ->
                    refusal(
                            415,
                            "unsupported_media_type",
                            "Unsupported content encoding \"" + encoding + "\" in request.");
            case ApiError.TooLarge() ->
                    refusal(413, "request_too_large", "The request body is larger than 4 MiB.");
            case ApiError.NotAuthenticated() ->
                    challenge("not_authenticated", "Authentication credentials were not provided.");
            case ApiError.InvalidKey(var source) ->
                    challenge(
                            "authentication_failed",
                            "Personal API key found in request " + source + " is invalid.");
            case ApiError.PermissionDenied(var detail) ->
                    envelope(403, "authentication_error", "permission_denied", detail, null);
            case ApiError.NotFound(var detail) -> refusal(404, "not_found", detail);
            case ApiError.MethodNotAllowed(var method, var allowed) ->
                    refusal(405, "method_not_allowed", "Method \"" + method + "\" not allowed.")
                            .with("Allow", allowed);
            case ApiError.Conflict(var detail) -> refusal(409, "conflict", detail);
            case ApiError.RunInProgress() ->
                    refusal(
                            409,
                            "run_in_progress",
                            "The automation's last run has not ended, and its policy does not let runs overlap.");
            case ApiError.PreconditionFailed() ->
                    refusal(
                            412,
                            "precondition_failed",
                            "The object has another version than If-Match names.");
            case ApiError.IdempotencyKeyReused() ->
                    refusal(
                            422,
                            "idempotency_key_reused",
                            "This Idempotency-Key was used with another body.");
            case ApiError.ActionRefused(var status, var text) ->
                    json(status, Json.object().put("error", text));
            case ApiError.Unexpected() ->
                    envelope(500, "server_error", "error", "A server error occurred.", null);
        };
    }

    /// The body as a tree.
    ///
    /// @throws IllegalStateException if the body is no JSON
    public JsonNode json() {
        return Json.stored(body);
    }

    /// The answer as API Gateway's proxy integration wants it. An answer to `HEAD` is that to
    /// `GET`: the gateway takes the length of the body and sends no body.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format">AWS:
    ///   output format of a Lambda function for proxy integration</a>
    APIGatewayProxyResponseEvent toEvent() {
        var all = new LinkedHashMap<>(SAFE);
        all.putAll(headers);
        return new APIGatewayProxyResponseEvent()
                .withStatusCode(status)
                .withHeaders(all)
                .withBody(body)
                .withIsBase64Encoded(base64);
    }

    private static Reply challenge(String code, String detail) {
        return envelope(401, "authentication_error", code, detail, null)
                .with("WWW-Authenticate", "Bearer");
    }

    private static Reply refusal(int status, String code, String detail) {
        return envelope(status, "invalid_request", code, detail, null);
    }

    private static Reply envelope(
            int status, String type, String code, String detail, @Nullable String attr) {
        ObjectNode body =
                Json.object()
                        .put("type", type)
                        .put("code", code)
                        .put("detail", detail)
                        .put("attr", attr);
        return json(status, body);
    }

    private static Reply json(int status, JsonNode body) {
        return new Reply(status, Map.of("Content-Type", JSON), Json.text(body), false);
    }
}
