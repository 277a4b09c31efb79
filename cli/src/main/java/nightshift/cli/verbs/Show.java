package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Style;
import nightshift.cli.text.TextTable;
import nightshift.cli.text.Times;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;

/// `nightshift show`.
@Command(name = "show", description = "Shows an automation with its schedule, policy and prompt.")
public final class Show extends Verb {
    @Parameters(paramLabel = "NAME", description = "Its name, id, or a unique prefix of one.")
    String name = "";

    @Option(names = "--policy", description = "With --json: the policy instead of the automation.")
    boolean policy;

    @Option(
            names = "--schedule",
            description = "With --json: the schedule instead of the automation.")
    boolean schedule;

    @Override
    protected int run() {
        var found = automation(name);
        if (json) {
            String part = policy ? "policy/" : schedule ? "schedule/" : "";
            terminal().line(api().get(path(found) + part).text());
            return ExitCode.DONE;
        }
        print(
                api().get(path(found)).json(),
                api().get(path(found) + "schedule/").json(),
                api().get(path(found) + "policy/").json());
        return ExitCode.DONE;
    }

    private void print(JsonNode automation, JsonNode schedule, JsonNode policy) {
        line("name", automation.path("name").asText());
        line("id", automation.path("id").asText());
        line("repository", automation.path("repository").asText());
        line(
                "schedule",
                automation.path("cron_expression").asText()
                        + "  ("
                        + schedule.path("description").asText()
                        + ")");
        line("state", state(automation, schedule, policy));
        line("next", Times.local(schedule.path("next_run_at")));
        line(
                "last run",
                Times.local(automation.path("last_run_at"))
                        + "  "
                        + automation.path("last_run_status").asText("").replace("null", ""));
        if (automation.path("last_error").isTextual()) {
            line("last error", automation.path("last_error").asText());
        }
        if (automation.path("template_id").isTextual()) {
            line("file", automation.path("template_id").asText());
        }
        for (var field :
                List.of(
                        "overlap",
                        "retry_attempts",
                        "retry_on",
                        "pause_after_failures",
                        "time_limit_seconds",
                        "branch",
                        "environment")) {
            var value = policy.path(field);
            boolean nothing = value.isNull() || (value.isContainerNode() && value.isEmpty());
            if (!value.isMissingNode() && !nothing) {
                line(field, value.isTextual() ? value.asText() : value.toString());
            }
        }
        for (var warning : schedule.path("warnings")) {
            line("warning", warning.path("detail").asText());
        }
        terminal().line("");
        automation
                .path("prompt")
                .asText()
                .lines()
                .forEach(text -> terminal().line(TextTable.printable(text)));
    }

    private static String state(JsonNode automation, JsonNode schedule, JsonNode policy) {
        if (!automation.path("enabled").asBoolean()) {
            return policy.path("paused_reason").isTextual() ? "paused by its failures" : "paused";
        }
        return switch (Ls.syncState(schedule.path("sync"))) {
            case "failed" -> "not in force: " + schedule.path("sync").path("reason").asText();
            case "pending" -> "on, not in force yet";
            default -> "on, in force";
        };
    }

    private void line(String label, String text) {
        terminal()
                .line(
                        Style.DIM.of("%-22s".formatted(label), terminal())
                                + TextTable.printable(text));
    }
}
