package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.ApiClient;
import nightshift.cli.api.Names;
import nightshift.cli.text.CliException;

import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;

/// The path of a run.
///
/// @param path ends with a slash
record RunPath(String id, String path) {
    private static final Set<String> TERMINAL = Set.of("completed", "failed", "cancelled");
    private static final int PAGE = 100;
    private static final int PAGES = 50;

    static RunPath of(String taskId, String runId) {
        return new RunPath(runId, "tasks/" + taskId + "/runs/" + runId + "/");
    }

    /// Finds a run by its id or a unique prefix of it, else the last run of the automation of this
    /// name.
    static RunPath find(ApiClient api, String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        if (lower.matches("[0-9a-f-]{4,36}")) {
            var found = new ArrayList<JsonNode>();
            for (int page = 0; page < PAGES; page++) {
                var runs = api.get("task_runs?limit=" + PAGE + "&offset=" + page * PAGE).json();
                for (var run : runs.path("results")) {
                    if (run.path("id").asText().startsWith(lower)) {
                        found.add(run);
                    }
                }
                boolean exact = found.size() == 1 && lower.length() == 36;
                if (exact || !runs.path("next").isTextual()) {
                    break;
                }
            }
            if (!found.isEmpty()) {
                var run = Names.find("run", lower, found, "id");
                return of(run.path("task").asText(), run.path("id").asText());
            }
        }
        return ofAutomation(api, text);
    }

    private static RunPath ofAutomation(ApiClient api, String text) {
        JsonNode automation;
        try {
            automation =
                    Names.find(
                            "automation",
                            text,
                            api.list("task_automations").path("results"),
                            "name");
        } catch (CliException neither) {
            throw CliException.refused(
                    neither.getMessage() == null || !neither.getMessage().startsWith("There is no")
                            ? neither.getMessage() + ""
                            : "There is no run and no automation \"" + text + "\".",
                    "`nightshift runs` shows the latest runs.");
        }
        if (!automation.path("last_task_run_id").isTextual()) {
            throw CliException.refused(
                    automation.path("name").asText() + " has not run yet.",
                    "`nightshift run` starts it now.");
        }
        return of(
                automation.path("last_task_id").asText(),
                automation.path("last_task_run_id").asText());
    }

    static boolean isOver(JsonNode run) {
        return TERMINAL.contains(run.path("status").asText());
    }
}
