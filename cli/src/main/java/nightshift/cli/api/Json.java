package nightshift.cli.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// JSON as trees.
public final class Json {
    /// The one mapper of this program.
    public static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /// A new object.
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// Reads a text; a missing node if it is no JSON.
    static JsonNode read(String text) {
        try {
            return text.isEmpty() ? MissingNode.getInstance() : MAPPER.readTree(text);
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        }
    }
}
