package nightshift.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/// Answers and refusals, word by word.
class ReplyTest {
    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        new ApiError.Invalid("required", "This field is required.", "name"),
                        400,
                        """
                        {"type":"validation_error","code":"required","detail":"This field is required.","attr":"name"}\
                        """),
                Arguments.of(
                        new ApiError.Malformed("JSON parse error - Unexpected end-of-input"),
                        400,
                        """
                        {"type":"invalid_request","code":"parse_error","detail":"JSON parse error - Unexpected end-of-input","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.NotAuthenticated(),
                        401,
                        """
                        {"type":"authentication_error","code":"not_authenticated","detail":"Authentication credentials were not provided.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.InvalidKey("query string"),
                        401,
                        """
                        {"type":"authentication_error","code":"authentication_failed","detail":"Personal API key found in request query string is invalid.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.PermissionDenied("No."),
                        403,
                        """
                        {"type":"authentication_error","code":"permission_denied","detail":"No.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.NotFound("Not found."),
                        404,
                        """
                        {"type":"invalid_request","code":"not_found","detail":"Not found.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.MethodNotAllowed("PUT", "GET, HEAD"),
                        405,
                        """
                        {"type":"invalid_request","code":"method_not_allowed","detail":"Method \\"PUT\\" not allowed.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.Conflict("Too many."),
                        409,
                        """
                        {"type":"invalid_request","code":"conflict","detail":"Too many.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.TooLarge(),
                        413,
                        """
                        {"type":"invalid_request","code":"request_too_large","detail":"The request body is larger than 4 MiB.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.UnsupportedMediaType("application/xml"),
                        415,
                        """
                        {"type":"invalid_request","code":"unsupported_media_type","detail":"Unsupported media type \\"application/xml\\" in request.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.UnsupportedEncoding("gzip"),
                        415,
                        """
                        {"type":"invalid_request","code":"unsupported_media_type","detail":"Unsupported content encoding \\"gzip\\" in request.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.Unexpected(),
                        500,
                        """
                        {"type":"server_error","code":"error","detail":"A server error occurred.","attr":null}\
                        """),
                Arguments.of(
                        new ApiError.ActionRefused(404, "Artifact not found on this run"),
                        404,
                        """
                        {"error":"Artifact not found on this run"}\
                        """));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void a_refusal_has_its_words(ApiError error, int status, String body) {
        var reply = Reply.refusing(error);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body()).isEqualTo(body);
        assertThat(reply.headers()).containsEntry("Content-Type", "application/json");
    }

    @Test
    void a_wrong_method_is_told_the_right_ones_and_a_wrong_key_is_challenged() {
        assertThat(Reply.refusing(new ApiError.MethodNotAllowed("PUT", "GET, HEAD")).headers())
                .containsEntry("Allow", "GET, HEAD");
        assertThat(Reply.refusing(new ApiError.NotAuthenticated()).headers())
                .containsEntry("WWW-Authenticate", "Bearer");
        assertThat(Reply.refusing(new ApiError.InvalidKey("body")).headers())
                .containsEntry("WWW-Authenticate", "Bearer");
    }

    @Test
    void an_answer_is_written_as_api_gateway_wants_it() {
        var reply = Reply.created(Json.object().put("a", "é\ud800")).with("X-Has-More", "false");
        assertThat(written(reply))
                .isEqualTo(
                        Json.stored(
                                """
                                {"statusCode": 201,
                                 "headers": {
                                     "Cache-Control": "no-store",
                                     "Strict-Transport-Security": "max-age=31536000",
                                     "X-Content-Type-Options": "nosniff",
                                     "Content-Type": "application/json",
                                     "X-Has-More": "false"},
                                 "body": "{\\"a\\":\\"é\\\\ud800\\"}",
                                 "isBase64Encoded": false}\
                                """));
    }

    @Test
    void every_answer_is_safe_to_show_and_a_reply_may_say_otherwise() {
        for (var reply : List.of(Reply.noContent(), Reply.refusing(new ApiError.Unexpected()))) {
            var headers = written(reply).path("headers");
            assertThat(headers.path("Cache-Control").asText()).isEqualTo("no-store");
            assertThat(headers.path("X-Content-Type-Options").asText()).isEqualTo("nosniff");
            assertThat(headers.path("Strict-Transport-Security").asText()).startsWith("max-age=");
        }
        var kept = written(Reply.noContent().with("Cache-Control", "no-cache"));
        assertThat(kept.path("headers").path("Cache-Control").asText()).isEqualTo("no-cache");
    }

    @Test
    void bytes_are_written_in_base64() {
        var written = written(Reply.bytes("image/png", new byte[] {(byte) 0xff, 0}));
        assertThat(written.path("body").asText()).isEqualTo("/wA=");
        assertThat(written.path("isBase64Encoded").asBoolean()).isTrue();
    }

    @Test
    void nothing_and_elsewhere_have_no_body() {
        var nothing = written(Reply.noContent());
        assertThat(nothing.path("statusCode").asInt()).isEqualTo(204);
        assertThat(nothing.path("headers").path("Content-Type").isMissingNode()).isTrue();
        assertThat(nothing.path("body").asText("none")).isEmpty();
        var elsewhere = written(Reply.redirect(307, URI.create("https://a.example/?b=c")));
        assertThat(elsewhere.path("headers").path("Location").asText())
                .isEqualTo("https://a.example/?b=c");
    }

    static JsonNode written(Reply reply) {
        return tree(reply.toEvent());
    }

    /// The answer as the JSON that Lambda's runtime makes of it, which leaves null out.
    static JsonNode tree(APIGatewayProxyResponseEvent answer) {
        ObjectNode tree = new JsonMapper().valueToTree(answer);
        assertThat(tree.remove("multiValueHeaders").isNull()).isTrue();
        return tree;
    }
}
