package nightshift.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// JSON as trees, read and written without loss: numbers keep their digits, strings their code
/// units.
public final class Json {
    /// Half of what may be written, so that whatever was read can be written inside an answer.
    private static final int DEEPEST = 500;

    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// The tree of a JSON text from outside.
    ///
    /// @throws JsonProcessingException if it is none; its message may repeat a part of the text
    public static JsonNode parse(byte[] utf8) throws JsonProcessingException {
        try (var parser = FACTORY.createParser(utf8)) {
            return JsonTree.read(parser);
        } catch (JsonProcessingException malformed) {
            throw malformed;
        } catch (CharConversionException _) { // bytes that look like UTF-32 and are not
            throw new JsonParseException(null, "Invalid Unicode");
        } catch (NumberFormatException _) { // an exponent that needs more than 32 bits
            throw new JsonParseException(null, "Number out of range");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// The tree of a JSON text that we wrote ourselves.
    public static JsonNode stored(String text) {
        try (var parser = FACTORY.createParser(text)) {
            return JsonTree.read(parser);
        } catch (IOException broken) {
            throw new IllegalStateException("stored JSON is broken", broken);
        }
    }

    /// The tree of an event that Lambda hands over.
    public static JsonNode event(InputStream event) throws IOException {
        try (var parser = FACTORY.createParser(event)) {
            return JsonTree.read(parser);
        }
    }

    /// The JSON text of a tree. A lone surrogate, which no encoding can carry, is written as its
    /// escape.
    public static String text(JsonNode tree) {
        var text = new StringWriter();
        try (var generator = FACTORY.createGenerator(text)) {
            JsonTree.write(tree, generator);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return escapeLoneSurrogates(text.toString());
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
