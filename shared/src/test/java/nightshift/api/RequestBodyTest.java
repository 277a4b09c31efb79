package nightshift.api;

import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import nightshift.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;

/// The contract's rules for bodies, one row per rule.
class RequestBodyTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String MULTIPART = "multipart/form-data; boundary=XX";
    private static final String PART =
            "--XX\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "APPLICATION/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                " application/json ",
                ""
            })
    void json_is_known_by_its_type(String contentType) {
        assertThat(read("{\"name\":\"é\"}", contentType)).isEqualTo("{\"name\":\"é\"}");
    }

    @Test
    void a_body_without_a_type_is_json() {
        var event = call().json("{\"a\":1}").event();
        event.getHeaders().remove("Content-Type");
        assertThat(Call.of(event).json()).hasToString("{\"a\":1}");
    }

    @Test
    void a_body_that_is_not_base64_is_read_as_it_stands() {
        var event = call().event().withBody("{\"a\":\"é\"}").withIsBase64Encoded(false);
        assertThat(Call.of(event).json()).hasToString("{\"a\":\"é\"}");
    }

    @Test
    void broken_base64_is_malformed() {
        var event = call().json("{}").event().withBody("{}!");
        assertThat(refusal(Call.of(event)).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"gzip", "GZIP", "br", "x-gzip", "identity, gzip", "gzip, identity", "*"})
    void a_body_in_another_encoding_is_refused(String encoding) {
        for (var type : new String[] {"application/json", FORM, MULTIPART}) {
            var call = call().body("{}", type).header("Content-Encoding", encoding);
            assertThat(refusal(call.build()).status()).isEqualTo(415);
        }
        assertThat(call().header("Content-Encoding", encoding).build().json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "Identity", " identity ", ""})
    void a_body_as_it_is_is_read(String encoding) {
        var call = call().json("{\"a\":1}").header("content-encoding", encoding);
        assertThat(call.build().json()).hasToString("{\"a\":1}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", FORM, MULTIPART, "application/xml"})
    void an_empty_body_is_an_empty_object(String contentType) {
        assertThat(read("", contentType)).isEqualTo("{}");
        assertThat(call().build().json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml; charset=utf-8",
                "application/vnd.api+json",
                "garbage",
                ";",
                "application"
            })
    void another_type_is_refused(String contentType) {
        var refusal = refusal("{}", contentType);
        assertThat(refusal.status()).isEqualTo(415);
        assertThat(refusal.json().path("detail").asText())
                .isEqualTo("Unsupported media type \"" + contentType + "\" in request.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    []    | invalid_input | Invalid data. Expected a dictionary, but got list.
                    "x"   | invalid_input | Invalid data. Expected a dictionary, but got str.
                    5     | invalid_input | Invalid data. Expected a dictionary, but got int.
                    5.5   | invalid_input | Invalid data. Expected a dictionary, but got float.
                    true  | invalid_input | Invalid data. Expected a dictionary, but got bool.
                    null  | null          | No data provided
                    """)
    void json_that_is_no_object_is_refused(String body, String code, String detail) {
        var refusal = refusal(body, "application/json");
        assertThat(refusal).isEqualTo(Reply.refusing(new ApiError.Invalid(code, detail, null)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "{\"secret\"",
                "{\"secret\":}",
                "{\"secret\":1}secret",
                "{\"secret\":1}{}",
                "{\"secret\":\"secret",
                "{\"a\":secret}",
                "{secret:1}",
                "{'secret':1}",
                "secret",
                "\"secret",
                "{\"secret\":NaN}",
                "{\"secret\":-Infinity}",
                "{\"secret\":01}",
                "{\"secret\":1.}",
                "{\"secret\":.5}",
                "{\"secret\":1e}",
                "{\"secret\":\"\\x\"}",
                "{\"secret\":\"\\ud8secret\"}",
                "{\"secret\":\"\n\"}",
                "{\"secret\":1,}",
                "{\"a\":1 \"secret\":2}",
                "{\"a\":1e999999999}",
                "{\"a\":-1E-999999999}",
                "{\"a\":1e99999999999999999999}",
                "// secret\n{}",
                "nullsecret"
            })
    void malformed_json_is_refused_without_repeating_it(String body) {
        var refusal = refusal(body, "application/json");
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(refusal.json().path("type").asText()).isEqualTo("invalid_request");
        assertThat(refusal.json().path("code").asText()).isEqualTo("parse_error");
        assertThat(refusal.json().path("detail").asText())
                .startsWith("JSON parse error - ")
                .doesNotContain("secret", "'");
    }

    @Test
    void vast_json_is_refused() {
        for (var body :
                new String[] {
                    "[".repeat(100_000),
                    "{\"a\":".repeat(100_000),
                    "{\"a\":" + "9".repeat(100_000) + "}",
                    "{\"a\":0." + "9".repeat(100_000) + "}",
                    "{\"" + "a".repeat(100_000) + "\":1}"
                }) {
            var refusal = refusal(body, "application/json");
            assertThat(refusal.json().path("code").asText()).isEqualTo("parse_error");
            assertThat(refusal.body()).hasSizeLessThan(400);
        }
    }

    @Test
    void json_may_be_written_in_any_unicode() {
        for (var charset : new String[] {"UTF-8", "UTF-16", "UTF-16LE", "UTF-32BE"}) {
            var body = "{\"a\":\"é😀\"}".getBytes(Charset.forName(charset));
            assertThat(call().body(body, "application/json").build().json())
                    .as(charset)
                    .hasToString("{\"a\":\"é😀\"}");
        }
        assertThat(read("\ufeff{}", "application/json")).isEqualTo("{}");
    }

    @Test
    void bytes_that_are_no_utf_8_are_refused() {
        var latin = "{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(
                        refusal(call().body(latin, "application/json").build())
                                .json()
                                .path("code")
                                .asText())
                .isEqualTo("parse_error");
    }

    @Test
    void four_mebibytes_are_read_and_one_byte_more_is_refused() {
        var text = "a".repeat((4 << 20) - 8);
        assertThat(call().json("{\"a\":\"" + text + "\"}").build().json().path("a").asText())
                .hasSize(text.length());
        var refusal = refusal("{\"a\":\"" + text + "a\"}", "application/json");
        assertThat(refusal.status()).isEqualTo(413);
        assertThat(refusal.json().path("code").asText()).isEqualTo("request_too_large");
        assertThat(refusal(" ".repeat(5 << 20), "text/plain").status()).isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    name=a+b%20c&x=%C3%A9   | {"name":"a b c","x":"é"}
                    name=a&name=b           | {"name":"b"}
                    name                    | {"name":""}
                    name=                   | {"name":""}
                    name=a=b                | {"name":"a=b"}
                    &&name=a&               | {"name":"a"}
                    =x                      | {"":"x"}
                    name=100%+sure          | {"name":"100% sure"}
                    name=%zz%41%4           | {"name":"%zzA%4"}
                    name=%ff                | {"name":"\ufffd"}
                    name=é                  | {"name":"é"}
                    %6Eame=a                | {"name":"a"}
                    """)
    void a_form_is_decoded_and_its_last_value_counts(String form, String fields) {
        assertThat(read(form, FORM)).isEqualTo(fields);
        assertThat(read(form, FORM.toUpperCase(Locale.ROOT) + "; charset=UTF-8")).isEqualTo(fields);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    multipart/form-data; boundary=XX
                    multipart/form-data; boundary="XX"
                    Multipart/Form-Data;charset=utf-8;BOUNDARY=XX
                    multipart/form-data; boundary=XX; charset=utf-8
                    """)
    void a_multipart_form_is_known_by_its_boundary(String contentType) {
        var body =
                PART.formatted("name", "é\r\n--X") + PART.formatted("cron", "* * * * *") + "--XX--";
        assertThat(read(body, contentType))
                .isEqualTo("{\"name\":\"é\\r\\n--X\",\"cron\":\"* * * * *\"}");
        assertThat(read("preamble\r\n" + body + "\r\nepilogue", contentType)).contains("cron");
        assertThat(read("--XX--\r\n", contentType)).isEqualTo("{}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    Content-Disposition: form-data; name="a b"               | {"a b":"v"}
                    content-disposition: form-data; NAME=a                   | {"a":"v"}
                    Content-Disposition: form-data; name="a"; filename="b"   | {"a":"v"}
                    Content-Disposition: form-data; filename="b"; name="a"   | {"a":"v"}
                    Content-Disposition: form-data; filename="b"             | {}
                    Content-Type: text/plain; name="b"                       | {}
                    X: y                                                     | {}
                    """)
    void a_part_is_named_by_its_disposition(String header, String fields) {
        assertThat(read("--XX\r\n" + header + "\r\n\r\nv\r\n--XX--", MULTIPART)).isEqualTo(fields);
    }

    @Test
    void a_part_may_have_other_headers_before_its_disposition() {
        var part =
                "--XX\r\nContent-Type: text/plain; name=\"b\"\r\n"
                        + "Content-Disposition: form-data; name=\"a\"\r\n\r\nv\r\n--XX--";
        assertThat(read(part, MULTIPART)).isEqualTo("{\"a\":\"v\"}");
    }

    @Test
    void a_multipart_form_may_have_thousands_of_parts() {
        var body = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            body.append(PART.formatted("name" + i, i));
        }
        assertThat(call().body(body + "--XX--", MULTIPART).build().json()).hasSize(20_000);
    }

    @Test
    void a_multipart_form_without_a_boundary_is_refused() {
        assertThat(refusal("x", "multipart/form-data").json().path("detail").asText())
                .isEqualTo("Multipart form parse error - Invalid boundary in multipart: None");
        assertThat(refusal("x", "multipart/form-data; boundary=").status()).isEqualTo(400);
        assertThat(refusal("x", "multipart/form-data; boundary=\"\"").status()).isEqualTo(400);
        assertThat(refusal("x", "multipart/form-data; boundary=" + "X".repeat(9_000)).status())
                .isEqualTo(400);
    }

    @Test
    void half_a_multipart_form_is_refused_wherever_it_ends() {
        var body = PART.formatted("a", "1") + PART.formatted("b", "2") + "--XX--";
        for (int end = 1; end < body.length(); end++) {
            var refusal = refusal(body.substring(0, end), MULTIPART);
            assertThat(refusal.json().path("detail").asText())
                    .as("cut at %d", end)
                    .startsWith("Multipart form parse error - ");
        }
    }

    @Test
    void garbage_is_read_or_refused_but_never_breaks() {
        var random = new Random(7);
        var pieces =
                new String[] {
                    "--XX",
                    "\r\n",
                    "--",
                    "\n",
                    "Content-Disposition: form-data; name=\"a\"",
                    "\0",
                    "{",
                    "\"",
                    ":",
                    "=",
                    "&",
                    "%",
                    "\u00ff\u00fe",
                    "[",
                    "1e9",
                    "}",
                    ",",
                    "\\ud800",
                    "true",
                    "a"
                };
        var types = new String[] {"application/json", FORM, MULTIPART, MULTIPART + "\u00e9\"", "x"};
        for (int i = 0; i < 20_000; i++) {
            var body = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                body.append(pieces[random.nextInt(pieces.length)]);
            }
            var bytes = body.toString().getBytes(StandardCharsets.ISO_8859_1);
            try {
                call().body(bytes, types[i % types.length]).build().json();
            } catch (ApiException refused) {
                assertThat(Reply.refusing(refused.error()).status()).isIn(400, 415);
            }
        }
    }

    private static String read(String body, String contentType) {
        return Json.text(call().body(body, contentType).build().json());
    }

    private static Reply refusal(String body, String contentType) {
        return refusal(call().body(body, contentType).build());
    }

    private static Reply refusal(Call call) {
        var thrown = catchThrowableOfType(ApiException.class, call::json);
        assertThat(thrown).as("refusal").isNotNull();
        return Reply.refusing(thrown.error());
    }
}
