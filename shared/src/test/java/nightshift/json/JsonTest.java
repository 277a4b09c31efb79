package nightshift.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;

import nightshift.text.IsoTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;

/// JSON is read and written without loss.
class JsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1.0",
                "1.50",
                "0.1",
                "1E400",
                "1e-400",
                "-1.5E+9999",
                "9007199254740993",
                "0.30000000000000004",
                "0.1000000000000000055511151231257827",
                "100.00",
                "123456789012345678901234567890.123456789012345678901234567890"
            })
    void a_number_keeps_its_value_and_digits(String number) throws JsonProcessingException {
        var once = Json.text(Json.parse(bytes(number)));
        assertThat(new BigDecimal(once)).isEqualTo(new BigDecimal(number));
        assertThat(Json.text(Json.stored(once))).isEqualTo(once);
    }

    @Test
    void any_tree_survives_being_stored() {
        for (long seed = 0; seed < 3_000; seed++) {
            var text = Json.text(RandomJson.tree(new Random(seed), 6));
            assertThat(Json.text(Json.stored(text))).as("seed %d", seed).isEqualTo(text);
            assertThat(new String(bytes(text), StandardCharsets.UTF_8)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1E10000000",
                "-1e-10000",
                "1e999999999",
                "-1E-2147483647",
                "1e99999999999999999999",
                "[{\"a\":1e400000}]"
            })
    void a_number_that_nothing_can_compute_with_is_refused(String number) {
        assertThatThrownBy(() -> Json.parse(bytes(number)))
                .isInstanceOf(JsonProcessingException.class)
                .hasMessageContaining("Number out of range");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "[{\"b\":{\"a\":1,\"c\":[],\"a\":1}}]",
                "{\"\\u0061\":1,\"a\":2}",
                "{} {}",
                "1 2",
                "{}x",
                "{},"
            })
    void a_name_that_comes_twice_or_a_second_value_is_refused(String text) {
        assertThatThrownBy(() -> Json.parse(bytes(text)))
                .isInstanceOf(JsonProcessingException.class);
        assertThatThrownBy(() -> Json.stored(text)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nothing_is_a_missing_tree() throws JsonProcessingException {
        assertThat(Json.parse(bytes(" \n"))).isEqualTo(MissingNode.getInstance());
    }

    @Test
    void every_kind_of_number_can_be_written() {
        var numbers =
                Json.array()
                        .add(1)
                        .add(1L << 40)
                        .add(BigInteger.TWO.pow(80))
                        .add(0.5f)
                        .add(0.25)
                        .add(new BigDecimal("1.10"));
        assertThat(Json.text(numbers))
                .isEqualTo("[1,1099511627776,1208925819614629174706176,0.5,0.25,1.10]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "\\ud800"              | "\\ud800"
                    "a\\udc00b"            | "a\\udc00b"
                    "\\ud83d\\ud83d\\ude00" | "\\ud83d😀"
                    "\\ud83d\\ude00"       | "😀"
                    {"\\udfff":1}          | {"\\udfff":1}
                    """)
    void a_lone_surrogate_is_written_as_its_escape(String read, String written) {
        assertThat(Json.text(Json.stored(read))).isEqualTo(written);
    }

    @Test
    void what_was_read_can_be_written_inside_an_answer() throws JsonProcessingException {
        var deep = Json.parse(bytes("[".repeat(500) + "]".repeat(500)));
        var page = Json.object();
        page.putArray("results").addObject().set("output", deep);
        assertThat(Json.text(page)).contains("[[[");
        assertThatThrownBy(() -> Json.parse(bytes("[".repeat(501) + "]".repeat(501))))
                .isInstanceOf(JsonProcessingException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2026-04-02T09:00:00.123456789Z | 2026-04-02T09:00:00.123456Z
                    2026-04-02T09:00:00.1Z         | 2026-04-02T09:00:00.100000Z
                    2026-04-02T09:00:00Z           | 2026-04-02T09:00:00Z
                    2026-04-02T09:00:00.000000999Z | 2026-04-02T09:00:00Z
                    """)
    void a_time_is_printed_in_utc_with_its_microseconds(Instant time, String text) {
        assertThat(IsoTime.format(time)).isEqualTo(text);
    }

    @Test
    void no_time_is_null() {
        assertThat(IsoTime.format(null)).isNull();
    }

    @Test
    void bytes_are_utf_8() {
        assertThat(Json.bytes(TextNode.valueOf("é"))).containsExactly('"', 0xc3, 0xa9, '"');
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
