package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.TextTable;

import java.util.ArrayList;
import java.util.List;

/// Turns entries of a log into lines for people.
final class LogText {
    private final StringBuilder begun = new StringBuilder();

    /// The lines that this entry ends. A worker cuts long lines into several entries.
    List<String> lines(JsonNode entry) {
        var notification = entry.path("notification");
        var parameters = notification.path("params");
        String method = notification.path("method").asText();
        if (method.equals("_posthog/console")) {
            begun.append(parameters.path("message").asText());
            return parameters.path("continues").asBoolean() ? List.of() : rest();
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
        if (begun.isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        split(begun.toString(), lines);
        begun.setLength(0);
        return lines;
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
