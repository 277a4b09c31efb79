package nightshift.cli.verbs;

import nightshift.cli.text.ExitCode;
import nightshift.cli.text.TextTable;
import nightshift.cli.text.Times;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `nightshift next`.
@Command(name = "next", description = "Lists the starts to come.")
public final class Next extends Verb {
    @Option(
            names = "--hours",
            paramLabel = "N",
            description = "How far ahead, 1 to 168; 24 if it is not given.")
    int hours = 24;

    @Override
    protected int run() {
        var answer = api().get("upcoming?hours=" + hours);
        if (json) {
            terminal().line(answer.text());
            return ExitCode.DONE;
        }
        var upcoming = answer.json();
        var results = upcoming.path("results");
        if (results.isEmpty()) {
            terminal().say("Nothing starts within " + hours + " hours.");
            return ExitCode.DONE;
        }
        var table = new TextTable("STARTS", "LOCAL TIME OF ITS ZONE", "AUTOMATION");
        for (var start : results) {
            table.row(
                    Times.local(start.path("scheduled_at")),
                    start.path("local").asText(),
                    start.path("automation").path("name").asText());
        }
        table.print(terminal());
        if (upcoming.path("truncated").asBoolean()) {
            terminal().say("There are more than are shown.");
        }
        var busiest = upcoming.path("busiest");
        if (busiest.isObject()) {
            terminal().say("Busiest minute: " + Times.local(busiest.path("scheduled_at")) + ".");
        }
        return ExitCode.DONE;
    }
}
