package nightshift.cli.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;

import nightshift.automation.CronExpression;
import nightshift.automation.CronSyntaxException;
import nightshift.automation.IanaZone;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/// Reads the value of a key, and says what is wrong with it and where.
final class Values {
    private static final Pattern REPOSITORY =
            Pattern.compile("(?!\\.\\.?/)[A-Za-z0-9._-]+/(?!\\.\\.?\\z)[A-Za-z0-9._-]+");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");
    private static final Pattern RESERVED = Pattern.compile("NIGHTSHIFT_.*|AWS_.*|PATH|LD_.*");
    private static final Pattern SET = Pattern.compile("[\\w][\\w.-]{0,62}");
    private static final int ENVIRONMENT_BYTES = 4_096;

    private final FrontMatter matter;

    Values(FrontMatter matter) {
        this.matter = matter;
    }

    /// The value; null if it is wrong, which is reported.
    @Nullable JsonNode read(Key key, Node node) {
        if (node.getTag().equals(Tag.NULL)) {
            return key.nullable() ? NullNode.instance : wrong(node, key.text() + " needs a value.");
        }
        return switch (key.type()) {
            case TEXT -> text(key, node);
            case CHOICE -> choice(key, node);
            case BOOLEAN -> bool(key, node);
            case INTEGER -> integer(key, node);
            case TEXTS -> texts(key, node);
            case TEXTS_BY_NAME -> environment(key, node);
        };
    }

    private @Nullable JsonNode text(Key key, Node node) {
        var scalar = scalar(key, node);
        if (scalar == null) {
            return null;
        }
        String text = Texts.trim(scalar);
        String wrong = wrongText(key, text);
        if (wrong != null) {
            return wrong(node, wrong);
        }
        return TextNode.valueOf(
                switch (key) {
                    case REPOSITORY -> Texts.repository(text);
                    case ID -> text.toLowerCase(Locale.ROOT);
                    default -> text;
                });
    }

    private static @Nullable String wrongText(Key key, String text) {
        if (text.isEmpty()) {
            return key.text() + " may not be blank.";
        }
        if (text.codePointCount(0, text.length()) > 255) {
            return key.text() + " has more than 255 characters.";
        }
        return switch (key) {
            case REPOSITORY ->
                    REPOSITORY.matcher(Texts.repository(text)).matches()
                            ? null
                            : "A repository is written organization/repository.";
            case ID ->
                    UUID.matcher(text).matches()
                            ? null
                            : "An id is a UUID, as `nightshift ls --json` shows it.";
            case SET ->
                    SET.matcher(text).matches()
                            ? null
                            : "The name of a set has letters, digits, _ . - and at most 63 of them.";
            case TIMEZONE ->
                    IanaZone.find(text).isPresent()
                            ? null
                            : "\"" + text + "\" is not an IANA time zone, such as Europe/London.";
            case CRON -> wrongCron(text);
            default -> null;
        };
    }

    private static @Nullable String wrongCron(String text) {
        if (text.length() > 100) {
            return "cron has more than 100 characters.";
        }
        try {
            CronExpression.parse(text);
            return null;
        } catch (CronSyntaxException wrong) {
            return "\"" + text + "\" is no cron expression: " + wrong.getMessage() + ".";
        }
    }

    private @Nullable JsonNode choice(Key key, Node node) {
        var text = scalar(key, node);
        if (text == null || key.choices().contains(text)) {
            return text == null ? null : TextNode.valueOf(text);
        }
        return wrong(node, key.text() + " is one of: " + String.join(", ", key.choices()) + ".");
    }

    private @Nullable JsonNode bool(Key key, Node node) {
        return node.getTag().equals(Tag.BOOL) && node instanceof ScalarNode scalar
                ? BooleanNode.valueOf(scalar.getValue().equalsIgnoreCase("true"))
                : wrong(node, key.text() + " is true or false.");
    }

    private @Nullable JsonNode integer(Key key, Node node) {
        if (node instanceof ScalarNode scalar && scalar.getValue().matches("[0-9]{1,18}")) {
            long number = Long.parseLong(scalar.getValue());
            if (number >= key.least() && number <= key.most()) {
                return (int) number == number
                        ? IntNode.valueOf((int) number)
                        : LongNode.valueOf(number);
            }
        }
        return wrong(
                node,
                key.most() == Long.MAX_VALUE
                        ? key.text() + " is a number."
                        : "%s is a number from %d to %d."
                                .formatted(key.text(), key.least(), key.most()));
    }

    private @Nullable JsonNode texts(Key key, Node node) {
        var texts = JsonNodeFactory.instance.arrayNode();
        if (!(node instanceof SequenceNode sequence)) {
            return wrong(node, key.text() + " is a list, such as [night-watch].");
        }
        for (var item : sequence.getValue()) {
            var text = scalar(key, item);
            if (text != null && Texts.trim(text).isEmpty()) {
                wrong(item, "A name in " + key.text() + " may not be blank.");
            } else if (text != null) {
                texts.add(Texts.trim(text));
            }
        }
        return texts;
    }

    private @Nullable JsonNode environment(Key key, Node node) {
        if (!(node instanceof MappingNode mapping)) {
            return wrong(node, key.text() + " has a variable in each line, such as LEVEL: high.");
        }
        var variables = JsonNodeFactory.instance.objectNode();
        int bytes = 0;
        for (var tuple : mapping.getValue()) {
            var name = scalar(key, tuple.getKeyNode());
            var value = scalar(key, tuple.getValueNode());
            if (name == null || value == null) {
                continue;
            }
            if (variables.has(name)) {
                wrong(
                        tuple.getKeyNode(),
                        "The variable \"" + name + "\" stands here a second time.");
            } else if (!VARIABLE.matcher(name).matches() || RESERVED.matcher(name).matches()) {
                wrong(
                        tuple.getKeyNode(),
                        "A variable has capitals, digits and _, and is not PATH, NIGHTSHIFT_*, AWS_* or LD_*.");
            } else if (SecretLook.isSecretName(name) && !value.isBlank()) {
                wrong(
                        tuple.getValueNode(),
                        name
                                + " looks like a secret. Secrets come from the worker's own settings (docs/worker.md).");
            }
            variables.put(name, Texts.trim(value));
            bytes += (name + value).getBytes(StandardCharsets.UTF_8).length;
        }
        return bytes > ENVIRONMENT_BYTES
                ? wrong(node, key.text() + " has more than 4 KiB.")
                : variables;
    }

    private @Nullable String scalar(Key key, Node node) {
        if (node instanceof ScalarNode scalar && !node.getTag().equals(Tag.BINARY)) {
            return scalar.getValue();
        }
        wrong(node, "A text is expected for " + key.text() + ".");
        return null;
    }

    private @Nullable JsonNode wrong(Node node, String message) {
        matter.report(matter.at(node), message);
        return null;
    }
}
