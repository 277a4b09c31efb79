package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.io.StringReader;
import java.util.Locale;

/// Reads YAML as a JSON tree. CloudFormation's short forms (`!Ref x`) become long forms (`{"Ref":
/// "x"}`).
final class YamlTree {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private YamlTree() {}

    static JsonNode read(String yaml) {
        var options = new LoaderOptions();
        options.setMaxAliasesForCollections(1_000);
        return tree(new Yaml(options).compose(new StringReader(yaml)));
    }

    private static JsonNode tree(Node node) {
        var value =
                switch (node) {
                    case MappingNode mapping -> {
                        var object = JSON.objectNode();
                        for (var field : mapping.getValue()) {
                            object.set(
                                    ((ScalarNode) field.getKeyNode()).getValue(),
                                    tree(field.getValueNode()));
                        }
                        yield object;
                    }
                    case SequenceNode sequence -> {
                        var array = JSON.arrayNode();
                        sequence.getValue().forEach(element -> array.add(tree(element)));
                        yield array;
                    }
                    case ScalarNode scalar -> scalar(scalar);
                    default -> throw new IllegalArgumentException("Not YAML: " + node);
                };
        var tag = node.getTag().getValue();
        return tag.startsWith("!") ? call(tag.substring(1), value) : value;
    }

    private static JsonNode call(String function, JsonNode argument) {
        return switch (function) {
            case "Ref", "Condition" -> JSON.objectNode().set(function, argument);
            default -> JSON.objectNode().set("Fn::" + function, argument);
        };
    }

    private static JsonNode scalar(ScalarNode scalar) {
        var text = scalar.getValue();
        var tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) return JSON.nullNode();
        if (tag.equals(Tag.BOOL)) {
            return JSON.booleanNode(
                    switch (text.toLowerCase(Locale.ROOT)) {
                        case "true", "yes", "on" -> true;
                        default -> false;
                    });
        }
        if (tag.equals(Tag.INT) && text.matches("-?\\d{1,18}")) {
            return JSON.numberNode(Long.parseLong(text));
        }
        if (tag.equals(Tag.FLOAT) && text.matches("-?\\d+\\.\\d+")) {
            return JSON.numberNode(Double.parseDouble(text));
        }
        return JSON.textNode(text);
    }
}
