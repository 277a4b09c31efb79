package nightshift.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;
import nightshift.json.RandomJson;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/// The contract's rules for single fields, one row per rule.
class FieldsTest {
    private static final TextRule NAME = TextRule.filled().atMost(5);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    plain               | "night"       | night
                    a number            | 5             | 5
                    a fraction          | 1.5           | 1.5
                    trimmed             | " \\t ab\\n"  | ab
                    wide spaces trimmed | "\\u00a0\\u2003\\u3000ab\\u0085\\u001f" | ab
                    inner spaces stay   | "a  b"        | a  b
                    counted trimmed     | "  12345  "   | 12345
                    counted in points   | "\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00" | 😀😀😀😀😀
                    """)
    void a_text_is_coerced_and_trimmed(String rule, String sent, String read) {
        assertThat(fields("name", sent).text("name", NAME)).as(rule).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    null                  | null                        | This field may not be null.
                    ""                    | blank                       | This field may not be blank.
                    " \\u2003\\n"         | blank                       | This field may not be blank.
                    true                  | invalid_input               | Not a valid string.
                    []                    | invalid_input               | Not a valid string.
                    {}                    | invalid_input               | Not a valid string.
                    "123456"              | max_length                  | Ensure this field has no more than 5 characters.
                    123456                | max_length                  | Ensure this field has no more than 5 characters.
                    "123456\\u0000"       | max_length                  | Ensure this field has no more than 5 characters.
                    "a\\u0000"            | null_characters_not_allowed | Null characters are not allowed.
                    "\\udc00\\u0000"      | null_characters_not_allowed | Null characters are not allowed.
                    "a\\ud800"            | surrogate_characters_not_allowed | Surrogate characters are not allowed: U+D800.
                    "\\ude00\\ud83d"      | surrogate_characters_not_allowed | Surrogate characters are not allowed: U+DE00.
                    """)
    void a_bad_text_is_refused(String sent, String code, String detail) {
        assertThat(refusal(() -> fields("name", sent).text("name", NAME)))
                .isEqualTo(new ApiError.Invalid(code, detail, "name"));
    }

    @Test
    void a_text_that_must_be_there_is_required() {
        assertThat(refusal(() -> fields("other", "1").text("name", NAME)))
                .isEqualTo(new ApiError.Invalid("required", "This field is required.", "name"));
    }

    @Test
    void absent_null_and_blank_are_three_things() {
        var rule = NAME.orNull().orBlank();
        assertThat(fields("other", "1").text("name", rule, "was")).isEqualTo("was");
        assertThat(fields("name", "null").text("name", rule, "was")).isNull();
        assertThat(fields("name", "\"  \"").text("name", rule, "was")).isEmpty();
    }

    @Test
    void a_text_is_limited_in_bytes_after_trimming() {
        var rule = TextRule.filled().inBytes(4);
        assertThat(fields("name", "\" éé \"").text("name", rule)).isEqualTo("éé");
        assertThat(refusal(() -> fields("name", "\"ééé\"").text("name", rule)))
                .isEqualTo(
                        new ApiError.Invalid(
                                "max_length",
                                "Ensure this field has no more than 4 bytes.",
                                "name"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    true  | true
                    1     | true
                    1.0   | true
                    "T"   | true
                    "y"   | true
                    "YeS" | true
                    "On"  | true
                    "1"   | true
                    false | false
                    0     | false
                    -0.0  | false
                    "F"   | false
                    "no"  | false
                    "OFF" | false
                    "0"   | false
                    """)
    void a_boolean_has_many_names(String sent, boolean read) {
        assertThat(fields("on", sent).flag("on", !read)).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    null      | null          | This field may not be null.
                    ""        | invalid_input | Must be a valid boolean.
                    "null"    | invalid_input | Must be a valid boolean.
                    " true "  | invalid_input | Must be a valid boolean.
                    2         | invalid_input | Must be a valid boolean.
                    -1        | invalid_input | Must be a valid boolean.
                    1.5       | invalid_input | Must be a valid boolean.
                    1e9999    | invalid_input | Must be a valid boolean.
                    [true]    | invalid_input | Must be a valid boolean.
                    {}        | invalid_input | Must be a valid boolean.
                    """)
    void a_bad_boolean_is_refused(String sent, String code, String detail) {
        assertThat(refusal(() -> fields("on", sent).flag("on", true)))
                .isEqualTo(new ApiError.Invalid(code, detail, "on"));
    }

    @Test
    void an_absent_boolean_is_the_default() {
        assertThat(fields("other", "1").flag("on", true)).isTrue();
        assertThat(fields("other", "1").flag("on", false)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            textBlock =
                    """
                    7      | 7
                    "7"    | 7
                    " 7 "  | 7
                    "+7"   | 7
                    -7     | -7
                    null   | -
                    ""     | -
                    """)
    void a_primary_key_is_a_number_or_nothing(String sent, Long read) {
        assertThat(fields("pk", sent).primaryKey("pk")).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "x"   | incorrect_type | Incorrect type. Expected pk value, received str.
                    " "   | incorrect_type | Incorrect type. Expected pk value, received str.
                    true  | incorrect_type | Incorrect type. Expected pk value, received bool.
                    [7]   | incorrect_type | Incorrect type. Expected pk value, received list.
                    {}    | incorrect_type | Incorrect type. Expected pk value, received dict.
                    7.5   | incorrect_type | Incorrect type. Expected pk value, received float.
                    1e400 | incorrect_type | Incorrect type. Expected pk value, received float.
                    99999999999999999999 | does_not_exist | Invalid pk "99999999999999999999" - object does not exist.
                    """)
    void a_bad_primary_key_is_refused(String sent, String code, String detail) {
        assertThat(refusal(() -> fields("pk", sent).primaryKey("pk")))
                .isEqualTo(new ApiError.Invalid(code, detail, "pk"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    5       | 5
                    5.0     | 5
                    1e2     | 100
                    " 5 "   | 5
                    "5.0"   | 5
                    "5."    | 5
                    "+5"    | 5
                    """)
    void a_whole_number_has_many_spellings(String sent, long read) {
        assertThat(fields("n", sent).integer("n", 1, 100)).isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    null     | null          | This field may not be null.
                    ""       | invalid_input | A valid integer is required.
                    "1e2"    | invalid_input | A valid integer is required.
                    5.5      | invalid_input | A valid integer is required.
                    true     | invalid_input | A valid integer is required.
                    [5]      | invalid_input | A valid integer is required.
                    0        | min_value     | Ensure this value is greater than or equal to 1.
                    -1e9999  | min_value     | Ensure this value is greater than or equal to 1.
                    101      | max_value     | Ensure this value is less than or equal to 100.
                    1e9999   | max_value     | Ensure this value is less than or equal to 100.
                    "99999999999999999999999" | max_value | Ensure this value is less than or equal to 100.
                    """)
    void a_bad_whole_number_is_refused(String sent, String code, String detail) {
        assertThat(refusal(() -> fields("n", sent).integer("n", 1, 100)))
                .isEqualTo(new ApiError.Invalid(code, detail, "n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "zzz"  | invalid_choice | "zzz" is not a valid choice.
                    ""     | invalid_choice | "" is not a valid choice.
                    " a "  | invalid_choice | " a " is not a valid choice.
                    "A"    | invalid_choice | "A" is not a valid choice.
                    1      | invalid_choice | "1" is not a valid choice.
                    true   | invalid_choice | "True" is not a valid choice.
                    [1]    | invalid_choice | "[1]" is not a valid choice.
                    null   | null           | This field may not be null.
                    """)
    void a_bad_choice_is_refused(String sent, String code, String detail) {
        assertThat(refusal(() -> fields("status", sent).choice("status", List.of("a", "b"), null)))
                .isEqualTo(new ApiError.Invalid(code, detail, "status"));
    }

    @Test
    void a_choice_is_itself_and_absent_the_default() {
        assertThat(fields("status", "\"b\"").choice("status", List.of("a", "b"), "a"))
                .isEqualTo("b");
        assertThat(fields("other", "1").choice("status", List.of("a", "b"), "a")).isEqualTo("a");
    }

    @Test
    void a_refusal_does_not_repeat_a_long_choice() {
        var error =
                refusal(() ->
                        fields("s", "\"" + "😀".repeat(1_000) + "\"").choice("s", List.of(), null));
        assertThat(error)
                .isEqualTo(
                        new ApiError.Invalid(
                                "invalid_choice",
                                "\"" + "😀".repeat(100) + "...\" is not a valid choice.",
                                "s"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    null       | null          | items                       | This field may not be null.
                    {}         | not_a_list    | items__non_field_errors     | Expected a list of items but got type "dict".
                    "x"        | not_a_list    | items__non_field_errors     | Expected a list of items but got type "str".
                    []         | invalid_input | items                       | none
                    [null]     | null          | items__0                    | This field may not be null.
                    [{}, "x"]  | invalid_input | items__1__non_field_errors  | Invalid data. Expected a dictionary, but got str.
                    """)
    void a_bad_list_of_declared_objects_is_refused(
            String sent, String code, String attr, String detail) {
        assertThat(refusal(() -> fields("items", sent).objects("items", "none")))
                .isEqualTo(new ApiError.Invalid(code, detail, attr));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    null        | null       | entries    | This field may not be null.
                    {}          | not_a_list | entries    | Expected a list of items but got type "dict".
                    5           | not_a_list | entries    | Expected a list of items but got type "int".
                    []          | invalid_input | entries | none
                    [{}, null]  | null       | entries__1 | This field may not be null.
                    [{}, "x"]   | not_a_dict | entries__1 | Expected a dictionary of items but got type "str".
                    [{}, [1]]   | not_a_dict | entries__1 | Expected a dictionary of items but got type "list".
                    [{}, true]  | not_a_dict | entries__1 | Expected a dictionary of items but got type "bool".
                    [{}, 1.5]   | not_a_dict | entries__1 | Expected a dictionary of items but got type "float".
                    """)
    void a_bad_list_of_free_objects_is_refused(
            String sent, String code, String attr, String detail) {
        assertThat(refusal(() -> fields("entries", sent).freeObjects("entries", "none")))
                .isEqualTo(new ApiError.Invalid(code, detail, attr));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    null         | null          | keys    | This field may not be null.
                    "x"          | not_a_list    | keys    | Expected a list of items but got type "str".
                    []           | empty         | keys    | This list may not be empty.
                    [null]       | null          | keys__0 | This field may not be null.
                    ["a", " "]   | blank         | keys__1 | This field may not be blank.
                    ["a", true]  | invalid_input | keys__1 | Not a valid string.
                    ["a", []]    | invalid_input | keys__1 | Not a valid string.
                    """)
    void a_bad_list_of_texts_is_refused(String sent, String code, String attr, String detail) {
        assertThat(refusal(() -> fields("keys", sent).texts("keys")))
                .isEqualTo(new ApiError.Invalid(code, detail, attr));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    null      | null          | ids    | This field may not be null.
                    "1"       | not_a_list    | ids    | Expected a list of items but got type "str".
                    [1, "x"]  | invalid_input | ids__1 | A valid integer is required.
                    [null]    | null          | ids__0 | This field may not be null.
                    [1, 2, 0] | min_value     | ids__2 | Ensure this value is greater than or equal to 1.
                    """)
    void a_bad_list_of_whole_numbers_is_refused(
            String sent, String code, String attr, String detail) {
        assertThat(refusal(() -> fields("ids", sent).integers("ids")))
                .isEqualTo(new ApiError.Invalid(code, detail, attr));
    }

    @Test
    void a_declared_object_names_its_fields() {
        assertThat(fields("owner", "{\"name\":\"a\"}").object("owner").text("name", NAME))
                .isEqualTo("a");
        assertThat(refusal(() -> fields("owner", "{}").object("owner").text("name", NAME)))
                .isEqualTo(
                        new ApiError.Invalid("required", "This field is required.", "owner__name"));
        assertThat(refusal(() -> fields("owner", "[]").object("owner")))
                .isEqualTo(
                        new ApiError.Invalid(
                                "invalid_input",
                                "Invalid data. Expected a dictionary, but got list.",
                                "owner"));
    }

    @Test
    void lists_are_read_in_order() {
        assertThat(fields("ids", "[3, \"1\"]").integers("ids")).containsExactly(3L, 1L);
        assertThat(fields("keys", "[\" a \", 5]").texts("keys")).containsExactly("a", "5");
        assertThat(fields("other", "1").texts("keys")).isEmpty();
        assertThat(fields("entries", "[{\"a\":1},{}]").freeObjects("entries", ""))
                .extracting(Json::text)
                .containsExactly("{\"a\":1}", "{}");
    }

    @Test
    void nested_names_are_joined_by_two_underscores() {
        var items = fields("items", "[{\"name\":\"a\"},{\"names\":[\"\"]}]").objects("items", "");
        assertThat(items.getFirst().text("name", NAME)).isEqualTo("a");
        assertThat(refusal(() -> items.getLast().text("name", NAME)))
                .isEqualTo(
                        new ApiError.Invalid(
                                "required", "This field is required.", "items__1__name"));
        assertThat(refusal(() -> items.getLast().texts("names")))
                .isEqualTo(
                        new ApiError.Invalid(
                                "blank", "This field may not be blank.", "items__1__names__0"));
    }

    @Test
    void a_list_that_must_be_there_is_required() {
        var required = new ApiError.Invalid("required", "This field is required.", "items");
        assertThat(refusal(() -> fields("a", "1").objects("items", ""))).isEqualTo(required);
        assertThat(refusal(() -> fields("a", "1").freeObjects("items", ""))).isEqualTo(required);
    }

    @Test
    void a_free_object_is_an_object_within_its_size() {
        assertThat(fields("other", "1").freeObject("state", 10)).isNull();
        assertThat(fields("state", "{\"a\":1}").freeObject("state", 7)).hasToString("{\"a\":1}");
        assertThat(refusal(() -> fields("state", "{\"a\":1}").freeObject("state", 6)))
                .isEqualTo(
                        new ApiError.Invalid(
                                "max_length",
                                "Ensure this field has no more than 6 bytes.",
                                "state"));
        assertThat(refusal(() -> fields("state", "[]").freeObject("state", 9)))
                .isEqualTo(
                        new ApiError.Invalid(
                                "not_a_dict",
                                "Expected a dictionary of items but got type \"list\".",
                                "state"));
        assertThat(refusal(() -> fields("state", "null").freeObject("state", 9)))
                .isEqualTo(new ApiError.Invalid("null", "This field may not be null.", "state"));
    }

    @Test
    void whatever_is_sent_a_field_is_read_or_refused() {
        List<Consumer<Fields>> readers =
                List.of(
                        fields -> fields.text("f", NAME),
                        fields -> fields.text("f", NAME.orNull().orBlank().inBytes(3), null),
                        fields -> fields.choice("f", List.of("a"), null),
                        fields -> fields.flag("f", true),
                        fields -> fields.primaryKey("f"),
                        fields -> fields.integer("f", Long.MIN_VALUE, Long.MAX_VALUE),
                        fields -> fields.integers("f"),
                        fields -> fields.object("f").text("f", NAME),
                        fields -> fields.objects("f", "").forEach(each -> each.text("f", NAME)),
                        fields -> fields.freeObjects("f", ""),
                        fields -> fields.texts("f"),
                        fields -> fields.freeObject("f", 50));
        for (long seed = 0; seed < 3_000; seed++) {
            var object = Json.object();
            object.set("f", RandomJson.tree(new Random(seed), 4));
            for (var reader : readers) {
                try {
                    reader.accept(new Fields(object));
                } catch (ApiException refused) {
                    var answer = Reply.refusing(refused.error());
                    assertThat(answer.status()).as("seed %d", seed).isEqualTo(400);
                    assertThat(answer.json().path("attr").asText()).startsWith("f");
                }
            }
        }
    }

    private static Fields fields(String name, String value) {
        return new Fields((ObjectNode) json("{\"" + name + "\":" + value + "}"));
    }

    private static JsonNode json(String text) {
        try {
            return Json.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonProcessingException broken) {
            throw new AssertionError(broken);
        }
    }

    private static ApiError refusal(ThrowingCallable reading) {
        var thrown = catchThrowableOfType(ApiException.class, reading);
        assertThat(thrown).as("refusal").isNotNull();
        return thrown.error();
    }
}
