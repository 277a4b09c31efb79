package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.ExitCode;
import nightshift.cli.text.TextTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Map;
import java.util.UUID;

/// `nightshift run`.
@Command(name = "run", description = "Starts a run of an automation now.")
public final class Run extends Verb {
    @Parameters(paramLabel = "NAME", description = "Its name, id, or a unique prefix of one.")
    String name = "";

    @Option(
            names = "--watch",
            description = "Shows the log as it comes; the exit code is 1 if the run fails.")
    boolean watch;

    @Override
    protected int run() {
        var started =
                api().send(
                                "POST",
                                path(automation(name)) + "run/",
                                null,
                                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        var automation = started.json();
        String id = automation.path("last_task_run_id").asText();
        if (!watch) {
            terminal().line(json ? started.text() : id);
            terminal().say("Started. `nightshift logs " + id + " -f` shows its log.");
            return ExitCode.DONE;
        }
        terminal().say("Run " + id + " is queued.");
        var path = RunPath.of(automation.path("last_task_id").asText(), id);
        var text = new LogText();
        var run =
                new LogReader(api(), path, entry -> text.lines(entry).forEach(this::show)).follow();
        text.rest().forEach(this::show);
        if (json) {
            terminal().line(run.toString());
        }
        return end(run);
    }

    private void show(String line) {
        if (json) {
            terminal().say(line); // standard output is the run's
        } else {
            terminal().line(line);
        }
    }

    private int end(JsonNode run) {
        String status = run.path("status").asText();
        var reason = run.path("error_message");
        terminal()
                .say(
                        "The run "
                                + (status.equals("cancelled") ? "was cancelled" : status)
                                + (reason.isTextual()
                                        ? ": " + TextTable.printable(reason.asText())
                                        : "."));
        int artifacts = run.path("artifacts").size();
        if (artifacts > 0) {
            terminal()
                    .say(
                            "`nightshift get %s` fetches %d artifact%s."
                                    .formatted(
                                            run.path("id").asText(),
                                            artifacts,
                                            artifacts == 1 ? "" : "s"));
        }
        return status.equals("completed") ? ExitCode.DONE : ExitCode.REFUSED;
    }
}
