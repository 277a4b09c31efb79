package nightshift.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// JSON as trees, read and written without loss: numbers keep their digits, strings their code
/// units. A name that comes twice in an object, or anything after the first value, is refused.
public final class Json {
    /// Half of what may be written, so that whatever was read can be written inside an answer.
    private static final int DEEPEST = 500;

    /// Nothing can compute with `1e999999999` and the like in bounded time and memory.
    private static final int LARGEST_EXPONENT = 9_999;

    private static final String NUMBER_OUT_OF_RANGE = "Number out of range";

    private static final ObjectMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .build())
                                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                                    .build())
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                    .build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// The tree of a JSON text from outside; a missing node if there is nothing but white space.
    ///
    /// @throws JsonProcessingException if it is none; its message may repeat a part of the text
    public static JsonNode parse(byte[] utf8) throws JsonProcessingException {
        try {
            var tree = MAPPER.readTree(utf8);
            refuseLargeExponents(tree);
            return tree;
        } catch (JsonProcessingException malformed) {
            throw malformed;
        } catch (CharConversionException _) { // bytes that look like UTF-32 and are not
            throw new JsonParseException(null, "Invalid Unicode");
        } catch (NumberFormatException _) { // an exponent that needs more than 32 bits
            throw new JsonParseException(null, NUMBER_OUT_OF_RANGE);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// The tree of a JSON text that we wrote ourselves.
    public static JsonNode stored(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new IllegalStateException("stored JSON is broken", broken);
        }
    }

    private static void refuseLargeExponents(JsonNode tree) throws JsonParseException {
        if (tree.isBigDecimal()
                && Math.abs((long) tree.decimalValue().scale()) > LARGEST_EXPONENT) {
            throw new JsonParseException(null, NUMBER_OUT_OF_RANGE);
        }
        for (var element : tree) {
            refuseLargeExponents(element);
        }
    }

    /// The JSON text of a tree. A lone surrogate, which no encoding can carry, is written as its
    /// escape.
    public static String text(JsonNode tree) {
        try {
            return escapeLoneSurrogates(MAPPER.writeValueAsString(tree));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The UTF-8 bytes of [#text].
    public static byte[] bytes(JsonNode tree) {
        return text(tree).getBytes(StandardCharsets.UTF_8);
    }

    private static String escapeLoneSurrogates(String text) {
        int first = loneSurrogate(text, 0);
        if (first < 0) {
            return text;
        }
        var escaped = new StringBuilder(text.length() + 16);
        int copied = 0;
        for (int at = first; at >= 0; at = loneSurrogate(text, copied)) {
            escaped.append(text, copied, at)
                    .append("\\u")
                    .append(Integer.toHexString(text.charAt(at)));
            copied = at + 1;
        }
        return escaped.append(text, copied, text.length()).toString();
    }

    /// The index of the first surrogate from `start` on that has no partner, or -1.
    public static int loneSurrogate(String text, int start) {
        for (int i = start; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                return i;
            }
        }
        return -1;
    }
}
