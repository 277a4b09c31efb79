package nightshift.cli.verbs;

import nightshift.cli.api.Json;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Style;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nightshift preview`.
@Command(name = "preview", description = "Says what a cron expression means.")
public final class Preview extends Verb {
    @Parameters(paramLabel = "CRON", description = "Five fields, in quotes: \"0 9 * * 1-5\".")
    String cron = "";

    @Option(
            names = "--tz",
            paramLabel = "ZONE",
            description = "An IANA time zone; UTC if it is not given.")
    String zone = "UTC";

    @Override
    protected int run() {
        var answer =
                api().send(
                                "POST",
                                "task_automations/preview/",
                                Json.object().put("cron_expression", cron).put("timezone", zone));
        if (json) {
            terminal().line(answer.text());
            return ExitCode.DONE;
        }
        terminal().line(answer.json().path("description").asText());
        for (var occurrence : answer.json().path("occurrences")) {
            terminal()
                    .line(
                            "  "
                                    + occurrence.path("local").asText()
                                    + "  "
                                    + occurrence.path("utc").asText());
        }
        for (var warning : answer.json().path("warnings")) {
            terminal()
                    .line(
                            Style.YELLOW.of(
                                    "warning: " + warning.path("detail").asText(), terminal()));
        }
        return ExitCode.DONE;
    }
}
