package nightshift.local.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;

/// Creates the tests of the contract's rules.
final class Rules {
    static final String UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

    private Rules() {}

    static DynamicTest rule(String name, Executable check) {
        return dynamicTest(name, check);
    }

    /// A test that a call is refused with exactly this body.
    static DynamicTest refused(String name, Call call, int status, JsonNode body) {
        return dynamicTest(
                name,
                () -> {
                    var answer = call.answers(status);
                    assertThat(answer.json()).isEqualTo(body);
                    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
                });
    }

    /// A test that the answer to a call has a field with this value.
    static DynamicTest answered(String name, Call call, int status, String field, String value) {
        return dynamicTest(
                name,
                () -> {
                    var body = call.answers(status).json();
                    assertThat(body.at(pointer(field))).isEqualTo(Json.any(value));
                });
    }

    /// A test that a call is answered with this status.
    static DynamicTest answered(String name, Call call, int status) {
        return dynamicTest(name, () -> call.answers(status));
    }

    static JsonNode envelope(String type, String code, String detail, String attr) {
        return Json.tree("{}")
                .put("type", type)
                .put("code", code)
                .put("detail", detail)
                .put("attr", attr);
    }

    static JsonNode invalid(String code, String detail, String attr) {
        return envelope("validation_error", code, detail, attr);
    }

    static JsonNode required(String attr) {
        return invalid("required", "This field is required.", attr);
    }

    static JsonNode nothing(String attr) {
        return invalid("null", "This field may not be null.", attr);
    }

    static JsonNode blank(String attr) {
        return invalid("blank", "This field may not be blank.", attr);
    }

    static JsonNode noString(String attr) {
        return invalid("invalid_input", "Not a valid string.", attr);
    }

    static JsonNode noBoolean(String attr) {
        return invalid("invalid_input", "Must be a valid boolean.", attr);
    }

    static JsonNode noInteger(String attr) {
        return invalid("invalid_input", "A valid integer is required.", attr);
    }

    static JsonNode noChoice(String sent, String attr) {
        return invalid("invalid_choice", "\"" + sent + "\" is not a valid choice.", attr);
    }

    static JsonNode noList(String type, String attr) {
        return invalid(
                "not_a_list", "Expected a list of items but got type \"" + type + "\".", attr);
    }

    static JsonNode tooLong(int characters, String attr) {
        return invalid(
                "max_length",
                "Ensure this field has no more than " + characters + " characters.",
                attr);
    }

    static JsonNode notFound() {
        return notFound("Not found.");
    }

    static JsonNode notFound(String detail) {
        return envelope("invalid_request", "not_found", detail, null);
    }

    static JsonNode forbidden(String detail) {
        return envelope("authentication_error", "permission_denied", detail, null);
    }

    static JsonNode missingScope(String scope) {
        return forbidden("API key missing required scope '" + scope + "'");
    }

    static JsonNode methodNotAllowed(String method) {
        return envelope(
                "invalid_request",
                "method_not_allowed",
                "Method \"" + method + "\" not allowed.",
                null);
    }

    /// The short form of a refusal, as some actions answer it.
    static JsonNode error(String text) {
        return Json.tree("{}").put("error", text);
    }

    private static String pointer(String field) {
        return "/" + field.replace('.', '/');
    }
}
