package nightshift.cli.verbs;

import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Style;
import nightshift.cli.text.TextTable;
import nightshift.cli.text.TextTable.Cell;
import nightshift.cli.text.Times;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Instant;

/// `nightshift runs`.
@Command(name = "runs", description = "Lists runs, the newest first.")
public final class Runs extends Verb {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "Only runs of this automation.")
    @Nullable String name;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Only queued, in_progress, completed, failed or cancelled ones.")
    @Nullable String status;

    @Option(
            names = "--repository",
            paramLabel = "ORG/REPO",
            description = "Only runs of this repository.")
    @Nullable String repository;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "From then on: 24h, 7d, or a time.")
    @Nullable String since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most so many; 20 if it is not given.")
    int limit = 20;

    @Override
    protected int run() {
        var query = new StringBuilder("task_runs");
        Ls.add(query, "limit", Integer.toString(limit));
        Ls.add(query, "status", status);
        Ls.add(query, "repository", repository);
        Ls.add(query, "from", since == null ? null : Times.since(since, Instant.now()).toString());
        Ls.add(query, "automation", name == null ? null : automation(name).path("id").asText());
        var answer = api().get(query.toString());
        if (json) {
            terminal().line(answer.text());
            return ExitCode.DONE;
        }
        var table =
                new TextTable(
                        "RUN", "CREATED", "AUTOMATION", "STATUS", "TOOK", "STARTED BY", "ERROR");
        for (var run : answer.json().path("results")) {
            String state = run.path("status").asText();
            table.row(
                    run.path("id").asText(),
                    Times.local(run.path("created_at")),
                    run.path("automation").path("name").asText(run.path("task_title").asText("-")),
                    new Cell(state, Style.ofStatus(state)),
                    Times.duration(run.path("duration_seconds")),
                    run.path("started_by").asText("-"),
                    run.path("error_message").isTextual()
                            ? run.path("error_message").asText()
                            : "");
        }
        if (answer.json().path("results").isEmpty()) {
            terminal().say("There are no such runs.");
        } else {
            table.print(terminal());
        }
        return ExitCode.DONE;
    }
}
