package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.TextTable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Turns entries of a log into lines for people.
final class LogText {
    /// What was begun, by level: a worker writes the two streams of a command in turns.
    private final Map<String, StringBuilder> begun = new LinkedHashMap<>();

    /// The lines that this entry ends. A worker cuts long lines into several entries.
    List<String> lines(JsonNode entry) {
        var notification = entry.path("notification");
        var parameters = notification.path("params");
        String method = notification.path("method").asText();
        if (method.equals("_posthog/console")) {
            String level = parameters.path("level").asText();
            var line = begun.computeIfAbsent(level, _ -> new StringBuilder());
            line.append(parameters.path("message").asText());
            if (parameters.path("continues").asBoolean()) {
                return List.of();
            }
            begun.remove(level);
            return ended(line);
        }
        var lines = new ArrayList<>(rest());
        var update = parameters.path("update");
        String type = update.path("sessionUpdate").asText(method);
        String text =
                update.at("/content/text")
                        .asText(update.path("title").asText(parameters.path("message").asText("")));
        boolean said = type.equals("agent_message") || type.equals("user_message");
        String mark = said ? "" : "[" + type.replaceFirst("^_posthog/", "") + "] ";
        split(mark + (text.isEmpty() ? compact(update, parameters, entry) : text), lines);
        return lines;
    }

    /// What was begun and not ended.
    List<String> rest() {
        var lines = new ArrayList<String>();
        begun.values().forEach(line -> lines.addAll(ended(line)));
        begun.clear();
        return lines;
    }

    private static List<String> ended(StringBuilder line) {
        var lines = new ArrayList<String>();
        split(line.toString(), lines);
        return lines.isEmpty() ? List.of("") : lines;
    }

    private static String compact(JsonNode update, JsonNode parameters, JsonNode entry) {
        return (update.isObject() ? update : parameters.isObject() ? parameters : entry).toString();
    }

    private static void split(String text, List<String> lines) {
        text.lines()
                .map(line -> TextTable.printable(line.replace("\t", "    ")))
                .forEach(lines::add);
    }
}
