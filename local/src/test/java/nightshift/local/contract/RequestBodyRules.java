package nightshift.local.contract;

import static nightshift.local.contract.Rules.answered;
import static nightshift.local.contract.Rules.blank;
import static nightshift.local.contract.Rules.envelope;
import static nightshift.local.contract.Rules.invalid;
import static nightshift.local.contract.Rules.noBoolean;
import static nightshift.local.contract.Rules.noString;
import static nightshift.local.contract.Rules.nothing;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The rules for request bodies of all endpoints: media type, structure, and accepted values for
/// texts and booleans.
abstract class RequestBodyRules {
    private static final String TASKS = "/tasks/";

    @TestFactory
    Stream<DynamicTest> a_body_is_not_compressed(Api api) {
        return Stream.of("gzip", "GZIP", "br", "identity, gzip")
                .map(encoding ->
                        refused(
                                encoding,
                                api.post(TASKS)
                                        .json("{'title': 'a'}")
                                        .header("Content-Encoding", encoding),
                                415,
                                envelope(
                                        "invalid_request",
                                        "unsupported_media_type",
                                        "Unsupported content encoding \"%s\" in request."
                                                .formatted(encoding),
                                        null)));
    }

    @TestFactory
    Stream<DynamicTest> an_odd_query_is_no_error(Api api) {
        return Stream.of("?=1", "?=", "?&", "?/a=1", "?%00=%00", "?limit=", "?==", "?%ff")
                .map(query -> answered(query, api.get("/task_automations/" + query), 200));
    }

    @TestFactory
    Stream<DynamicTest> a_body_is_json_or_a_form(Api api) {
        var task = TASKS + api.task().path("id").asText();
        var boundary = "a-boundary";
        return Stream.of(
                answered("JSON", api.post(TASKS).json("{'title': 'Ü'}"), 201, "title", "'Ü'"),
                answered(
                        "JSON with a charset",
                        api.post(TASKS)
                                .body("{\"title\": \"Ü\"}", "application/json; charset=utf-8"),
                        201,
                        "title",
                        "'Ü'"),
                answered(
                        "JSON in capitals",
                        api.post(TASKS).body("{\"title\": \"a\"}", "Application/JSON"),
                        201,
                        "title",
                        "'a'"),
                answered(
                        "a form, as curl -d sends it",
                        api.post(TASKS).form("title=two+words%21&description=a%26b"),
                        201,
                        "title",
                        "'two words!'"),
                answered(
                        "PATCH with a form",
                        api.patch(task).form("title=Changed"),
                        200,
                        "title",
                        "'Changed'"),
                answered(
                        "the last of two equal names counts",
                        api.post(TASKS).form("title=one&title=two"),
                        201,
                        "title",
                        "'two'"),
                answered(
                        "multipart",
                        api.post(TASKS)
                                .body(
                                        """
                                        --a-boundary\r
                                        Content-Disposition: form-data; name="title"\r
                                        \r
                                        Ü in parts\r
                                        --a-boundary--\r
                                        """,
                                        "multipart/form-data; boundary=" + boundary),
                        201,
                        "title",
                        "'Ü in parts'"),
                answered("no body is an object without fields", api.patch(task), 200),
                answered(
                        "an empty body of any type is one, too",
                        api.patch(task).body("", "application/xml"),
                        200),
                answered(
                        "unknown and read-only fields are ignored, whatever they hold",
                        api.patch(task).json("{'id': [], 'created_at': {}, 'zzz': null}"),
                        200),
                answered(
                        "Accept is ignored",
                        api.get(task).header("Accept", "application/xml"),
                        200));
    }

    @TestFactory
    Stream<DynamicTest> what_cannot_be_read_as_fields_is_refused_as_a_whole(Api api) {
        var rows = new ArrayList<DynamicTest>();
        var wrong =
                Map.of(
                        "[]", "list", "[1]", "list", "'a'", "str", "1", "int", "1.5", "float",
                        "true", "bool");
        wrong.forEach((body, type) ->
                rows.add(
                        refused(
                                "a body that is a " + type + ": " + body,
                                api.post(TASKS).json(body),
                                400,
                                invalid(
                                        "invalid_input",
                                        "Invalid data. Expected a dictionary, but got "
                                                + type
                                                + ".",
                                        null))));
        rows.add(
                refused(
                        "a body that is null",
                        api.post(TASKS).json("null"),
                        400,
                        invalid("null", "No data provided", null)));
        for (var type : List.of("text/plain", "application/xml", "application/json-patch+json")) {
            rows.add(
                    refused(
                            type,
                            api.post(TASKS).body("{}", type),
                            415,
                            envelope(
                                    "invalid_request",
                                    "unsupported_media_type",
                                    "Unsupported media type \"" + type + "\" in request.",
                                    null)));
        }
        for (var malformed : List.of("{", "{\"a\":}", "{'a': 1}", "nonsense", "{} {}", "[1,]")) {
            rows.add(
                    rule(
                            "malformed JSON: " + malformed,
                            () -> {
                                var answer =
                                        api.post(TASKS)
                                                .body(malformed, "application/json")
                                                .answers(400)
                                                .json();
                                var detail = answer.path("detail").asText();
                                assertThat(detail).startsWith("JSON parse error - ");
                                assertThat(answer)
                                        .isEqualTo(
                                                envelope(
                                                        "invalid_request",
                                                        "parse_error",
                                                        detail,
                                                        null));
                            }));
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_text(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var wrong : List.of("true", "[]", "{}", "['a']")) {
            rows.add(
                    refused(
                            wrong + " is no text",
                            api.post(TASKS).json("{'title': " + wrong + "}"),
                            400,
                            noString("title")));
        }
        rows.add(
                refused(
                        "null is no text",
                        api.post(TASKS).json("{'title': null}"),
                        400,
                        nothing("title")));
        rows.add(
                refused(
                        "U+0000 is no character of one",
                        api.post(TASKS).json("{'title': 'a\\u0000b'}"),
                        400,
                        invalid(
                                "null_characters_not_allowed",
                                "Null characters are not allowed.",
                                "title")));
        rows.add(
                answered(
                        "a number is one",
                        api.post(TASKS).json("{'title': 5}"),
                        201,
                        "title",
                        "'5'"));
        rows.add(
                answered(
                        "space around it goes, of every kind",
                        api.post(TASKS).json("{'title': ' \\t\\u00a0a  b\\u2003\\n '}"),
                        201,
                        "title",
                        "'a  b'"));
        rows.add(
                answered(
                        "length counts characters, after trimming",
                        api.post(TASKS).json("{'title': '  " + "😀".repeat(255) + "  '}"),
                        201,
                        "title",
                        "'" + "😀".repeat(255) + "'"));
        rows.add(
                refused(
                        "256 are too many for 255",
                        api.post(TASKS).json("{'title': '" + "😀".repeat(256) + "'}"),
                        400,
                        Rules.tooLong(255, "title")));
        rows.add(
                refused(
                        "white space is blank",
                        api.post("/task_automations/")
                                .json(Json.automation("{'name': ' \\u00a0 '}")),
                        400,
                        blank("name")));
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_boolean(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var yes :
                List.of("true", "1", "1.0", "'t'", "'Y'", "'yes'", "'TRUE'", "'on'", "'1'")) {
            rows.add(
                    answered(
                            yes + " is true",
                            api.post(TASKS).json("{'internal': " + yes + "}"),
                            201,
                            "internal",
                            "true"));
        }
        for (var no :
                List.of("false", "0", "0.0", "'f'", "'N'", "'no'", "'False'", "'off'", "'0'")) {
            rows.add(
                    answered(
                            no + " is false",
                            api.post(TASKS).json("{'internal': " + no + "}"),
                            201,
                            "internal",
                            "false"));
        }
        for (var neither : List.of("2", "-1", "''", "'null'", "'maybe'", "[]", "[true]", "{}")) {
            rows.add(
                    refused(
                            neither + " is neither",
                            api.post(TASKS).json("{'internal': " + neither + "}"),
                            400,
                            noBoolean("internal")));
        }
        rows.add(
                refused(
                        "null is neither",
                        api.post(TASKS).json("{'internal': null}"),
                        400,
                        nothing("internal")));
        return rows.stream();
    }
}
