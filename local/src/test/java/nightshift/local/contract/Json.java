package nightshift.local.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/// JSON for the tests. Strings may have single quotes.
final class Json {
    /// A body that creates an automation.
    static final ObjectNode AUTOMATION;

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

    static {
        AUTOMATION =
                tree(
                        """
                        {'name': 'Nightly', 'prompt': 'Fix one bug.', 'repository': 'acme/shop',
                         'cron_expression': '0 9 * * 1-5'}
                        """);
    }

    private Json() {}

    static JsonNode any(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(json, malformed);
        }
    }

    static ObjectNode tree(String json) {
        return (ObjectNode) any(json);
    }

    static JsonNode array(JsonNode only) {
        return MAPPER.createArrayNode().add(only);
    }

    /// A body that creates an automation, with some fields changed.
    static ObjectNode automation(String changes) {
        return AUTOMATION.deepCopy().setAll(tree(changes));
    }

    /// A body that creates an automation, without one field.
    static ObjectNode automationWithout(String field) {
        return AUTOMATION.deepCopy().without(List.of(field));
    }
}
