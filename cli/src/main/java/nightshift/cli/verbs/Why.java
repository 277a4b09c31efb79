package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Style;
import nightshift.cli.text.TextTable;
import nightshift.cli.text.Times;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/// `nightshift why`.
@Command(
        name = "why",
        description = "Says what became of each occurrence of an automation, and why.")
public final class Why extends Verb {
    @Parameters(paramLabel = "NAME", description = "Its name, id, or a unique prefix of one.")
    String name = "";

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "From then on: 24h, 7d, or a time; 7d if it is not given.")
    String since = "7d";

    @Override
    protected int run() {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var from = Times.since(since, now);
        var automation = automation(name);
        String id = automation.path("id").asText();
        String query = "?automation=" + id + "&from=" + from + "&to=" + now;
        var page = api().list("occurrences" + query);
        if (json) {
            terminal().line(page.toString());
            return ExitCode.DONE;
        }
        var runs = new HashMap<String, JsonNode>();
        api().list("task_runs?automation=" + id + "&from=" + from)
                .path("results")
                .forEach(run -> runs.put(run.path("id").asText(), run));
        say(api().get(path(automation) + "schedule/").json(), automation);
        for (var occurrence : page.path("results")) {
            String status = occurrence.path("status").asText();
            terminal()
                    .line(
                            Times.local(occurrence.path("scheduled_at"))
                                    + "  "
                                    + Style.ofStatus(outcome(occurrence, runs))
                                            .of(sentence(status, occurrence, runs), terminal()));
        }
        if (page.path("results").isEmpty()) {
            terminal()
                    .line(
                            "Nothing was due since "
                                    + Times.minute(from, ZoneId.systemDefault())
                                    + ".");
        }
        return ExitCode.DONE;
    }

    private void say(JsonNode schedule, JsonNode automation) {
        boolean on = automation.path("enabled").asBoolean();
        String sync = Ls.syncState(schedule.path("sync"));
        String force =
                sync.equals("failed")
                        ? " The schedule is not in force: "
                                + schedule.path("sync").path("reason").asText()
                        : sync.equals("pending") ? " The schedule is not in force yet." : "";
        terminal()
                .line(
                        TextTable.printable(automation.path("name").asText())
                                + (on ? " is on: " : " is paused: ")
                                + schedule.path("description").asText()
                                + "."
                                + (on
                                        ? " Next: "
                                                + Times.local(schedule.path("next_run_at"))
                                                + "."
                                        : " `nightshift resume` lets it fire.")
                                + force);
        if (automation.path("last_error").isTextual()) {
            terminal()
                    .line(
                            "Last error: "
                                    + TextTable.printable(automation.path("last_error").asText()));
        }
    }

    private static String outcome(JsonNode occurrence, Map<String, JsonNode> runs) {
        var run = runs.get(occurrence.path("task_run_id").asText());
        return run == null ? occurrence.path("status").asText() : run.path("status").asText();
    }

    private static String sentence(String status, JsonNode occurrence, Map<String, JsonNode> runs) {
        String sentence =
                switch (status) {
                    case "started" -> started(occurrence, runs);
                    case "paused" -> "Nothing started: the automation was paused.";
                    case "deleted" -> "Nothing started: the automation had been deleted.";
                    case "stale" ->
                            "Nothing started: the firing came "
                                    + Times.duration(occurrence.path("late_seconds"))
                                    + " late, which is too late.";
                    case "superseded" ->
                            "Nothing started: the schedule had been changed and no longer has this time.";
                    case "missed" -> "Nothing started: no firing came.";
                    case "skipped_dst" -> "Nothing started: the clocks skipped this local time.";
                    case "overlap_skipped" ->
                            "Nothing started: the run before it, "
                                    + occurrence.path("task_run_id").asText("unknown")
                                    + ", was still going.";
                    default -> "Nothing started: " + status + ".";
                };
        int deliveries = occurrence.path("deliveries").asInt(1);
        return deliveries > 1
                ? sentence + " (It was delivered " + deliveries + " times.)"
                : sentence;
    }

    private static String started(JsonNode occurrence, Map<String, JsonNode> runs) {
        String id = occurrence.path("task_run_id").asText();
        var run = runs.get(id);
        if (run == null) {
            return "Started run " + id + ".";
        }
        String took =
                run.path("duration_seconds").isNumber()
                        ? " after " + Times.duration(run.path("duration_seconds"))
                        : "";
        int attempt = run.path("attempt").asInt(1);
        String which =
                "Started run "
                        + id
                        + (attempt > 1 ? " (attempt " + attempt + ")" : "")
                        + ", which ";
        return which
                + switch (run.path("status").asText()) {
                    case "completed" -> "completed" + took + ".";
                    case "failed" ->
                            "failed"
                                    + took
                                    + ": "
                                    + TextTable.printable(
                                            run.path("error_message").asText("no reason given"));
                    case "cancelled" -> "was cancelled" + took + ".";
                    case "in_progress" -> "is going on.";
                    default -> "waits for a worker.";
                };
    }
}
