package nightshift.cli.files;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.regex.Pattern;

/// Writes an automation as a file that reads back as the same.
public final class FileText {
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*");
    private static final Pattern SPECIAL =
            Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n|nan|inf");

    private FileText() {}

    /// The whole text of the file.
    ///
    /// @param id of an automation whose identity is not the file's path; else null
    /// @param automation as the API has it
    /// @param policy as the API has it
    /// @param defaults of the folder; what a file leaves out is read from them
    public static String write(
            @Nullable String id,
            JsonNode automation,
            JsonNode policy,
            SortedSet<String> notify,
            Map<Key, JsonNode> defaults) {
        var lines = new ArrayList<String>();
        lines.add("---");
        if (id != null) {
            lines.add("id: " + id);
        }
        for (var key : Key.values()) {
            var value =
                    key.ofAutomation()
                            ? automation.path(key.field())
                            : key.ofPolicy() ? policy.path(key.field()) : null;
            if (value != null
                    && isWorthALine(key, value, defaults.getOrDefault(key, key.otherwise()))) {
                line(lines, key.text(), value);
            }
        }
        if (!notify.isEmpty() || defaults.containsKey(Key.NOTIFY)) {
            lines.add(
                    "notify: ["
                            + String.join(", ", notify.stream().map(FileText::scalar).toList())
                            + "]");
        }
        lines.add("---");
        lines.add("");
        lines.add(Texts.prompt(automation.path("prompt").asText()));
        return String.join("\n", lines) + "\n";
    }

    /// Defaults are left out, but for the time zone: it belongs beside the expression.
    private static boolean isWorthALine(Key key, JsonNode value, @Nullable JsonNode otherwise) {
        if (value.isMissingNode() || (value.isNull() && otherwise == null)) {
            return false;
        }
        return key == Key.TIMEZONE || !value.equals(otherwise);
    }

    private static void line(List<String> lines, String key, JsonNode value) {
        if (value.isObject() && !value.isEmpty()) {
            lines.add(key + ":");
            value.propertyStream()
                    .map(Map.Entry::getKey)
                    .sorted()
                    .forEach(name ->
                            lines.add("  " + name + ": " + scalar(value.path(name).asText())));
        } else {
            lines.add(key + ": " + (value.isTextual() ? scalar(value.asText()) : value.toString()));
        }
    }

    /// A text in quotes wherever YAML could take it for something else.
    static String scalar(String text) {
        if (PLAIN.matcher(text).matches() && !SPECIAL.matcher(text).matches()) {
            return text;
        }
        var quoted = new StringBuilder("\"");
        text.codePoints()
                .forEach(c -> {
                    if (c == '"' || c == '\\') {
                        quoted.append('\\').appendCodePoint(c);
                    } else if (isPlain(c)) {
                        quoted.appendCodePoint(c);
                    } else if (c > 0xffff) {
                        quoted.append("\\U%08x".formatted(c));
                    } else {
                        quoted.append("\\u%04x".formatted(c));
                    }
                });
        return quoted.append('"').toString();
    }

    private static boolean isPlain(int c) {
        boolean ascii = c >= ' ' && c < 0x7f;
        boolean letter = c >= 0xa0 && c < 0xd800 && c != 0x2028 && c != 0x2029;
        return ascii || letter;
    }
}
