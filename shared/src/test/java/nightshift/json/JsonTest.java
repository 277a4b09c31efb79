package nightshift.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;

import nightshift.text.IsoTime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;

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

    @Test
    void a_text_is_read_and_written_as_jacksons_mapper_does() throws JsonProcessingException {
        var mapper =
                JsonMapper.builder()
                        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                        .build();
        int refused = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            var random = new Random(seed);
            var text = damaged(Json.text(RandomJson.tree(random, 4)), random);
            var theirs = outcome(() -> mapper.readTree(bytes(text)));
            assertThat(outcome(() -> Json.parse(bytes(text)))).as(text).isEqualTo(theirs);
            assertThat(outcome(() -> Json.event(new ByteArrayInputStream(bytes(text)))))
                    .as(text)
                    .isEqualTo(theirs);
            if (theirs.isEmpty()) refused++;
            if (theirs.isEmpty()) continue;
            var written = mapper.writeValueAsString(theirs.get());
            if (Json.loneSurrogate(written, 0) < 0) {
                assertThat(Json.text(theirs.get())).isEqualTo(written);
            }
        }
        assertThat(refused).isBetween(2_000, 18_000);
    }

    /// The text itself, or with a few characters changed, left out or put in.
    private static String damaged(String text, Random random) {
        var damaged = new StringBuilder(text);
        for (int change = random.nextInt(4); change > 0 && !damaged.isEmpty(); change--) {
            int at = random.nextInt(damaged.length());
            int end = at + random.nextInt(Math.min(3, damaged.length() - at + 1));
            var symbols = "{}[],:\" \\0123456789.-+eEnulltruefals";
            int symbol = random.nextInt(symbols.length());
            damaged.replace(at, end, symbols.substring(symbol, symbol + random.nextInt(2)));
        }
        return damaged.toString();
    }

    private static <T> Optional<T> outcome(Callable<T> work) {
        try {
            return Optional.of(work.call());
        } catch (JsonProcessingException | NumberFormatException _) { // an exponent too large
            return Optional.empty();
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
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
    void the_last_of_two_equal_names_counts() throws JsonProcessingException {
        assertThat(Json.parse(bytes("{\"a\":1,\"a\":2}"))).hasToString("{\"a\":2}");
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
