package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.Json;
import nightshift.cli.api.Names;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.TextTable;

import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Switches automations on or off.
abstract class Switching extends Verb {
    @Parameters(
            arity = "1..*",
            paramLabel = "NAME",
            description = "Names, ids, or unique prefixes.")
    List<String> names = new ArrayList<>();

    /// Switches all of them, and prints what they are now.
    final int switchTo(boolean enabled, Map<String, String> headers) {
        var all = api().list("task_automations").path("results");
        var found = new LinkedHashSet<JsonNode>();
        names.forEach(name -> found.add(Names.find("automation", name, all, "name")));
        for (var automation : found) {
            var answer =
                    api().send(
                                    "PATCH",
                                    path(automation),
                                    Json.object().put("enabled", enabled),
                                    headers);
            if (json) {
                terminal().line(answer.text());
            } else {
                terminal()
                        .say(
                                (enabled ? "On: " : "Paused: ")
                                        + TextTable.printable(automation.path("name").asText()));
            }
        }
        return ExitCode.DONE;
    }
}
