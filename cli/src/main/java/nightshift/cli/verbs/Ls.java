package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.ApiClient;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Style;
import nightshift.cli.text.TextTable;
import nightshift.cli.text.TextTable.Cell;
import nightshift.cli.text.Times;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `nightshift ls`.
@Command(
        name = "ls",
        description = "Lists automations: their schedules, next starts and last outcomes.")
public final class Ls extends Verb {
    @Parameters(
            arity = "0..1",
            paramLabel = "TEXT",
            description = "Only those with these words in name, prompt or repository.")
    @Nullable String text;

    @Option(names = "--failing", description = "Only those whose last run failed.")
    boolean failing;

    @Option(
            names = "--repository",
            paramLabel = "ORG/REPO",
            description = "Only those of this repository.")
    @Nullable String repository;

    @Override
    protected int run() {
        var query = new StringBuilder("automation_states");
        add(query, "search", text);
        add(query, "failing", failing ? "true" : null);
        add(query, "repository", repository);
        var page = api().list(query.toString());
        if (json) {
            terminal().line(page.toString());
            return ExitCode.DONE;
        }
        var table = new TextTable("NAME", "REPOSITORY", "SCHEDULE", "NEXT", "STATE", "LAST");
        for (var state : page.path("results")) {
            table.row(
                    state.path("name").asText(),
                    state.path("repository").asText(),
                    state.path("description").asText(),
                    Times.local(state.path("next_run_at")),
                    state(state),
                    last(state));
        }
        if (page.path("results").isEmpty()) {
            terminal()
                    .say(
                            text == null && !failing && repository == null
                                    ? "There are no automations yet. `nightshift create` or `nightshift apply` makes some."
                                    : "None matches.");
        } else {
            table.print(terminal());
        }
        return ExitCode.DONE;
    }

    static void add(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append(query.indexOf("?") < 0 ? '?' : '&')
                    .append(name)
                    .append('=')
                    .append(ApiClient.encoded(value));
        }
    }

    private static Cell state(JsonNode state) {
        if (!state.path("enabled").asBoolean()) {
            return new Cell(
                    state.path("paused_reason").isTextual() ? "paused by failures" : "paused",
                    Style.YELLOW);
        }
        String sync = syncState(state.path("sync"));
        return switch (sync) {
            case "failed" -> new Cell("not in force", Style.RED);
            case "pending" -> new Cell("not in force yet", Style.YELLOW);
            default -> new Cell("on", Style.GREEN);
        };
    }

    static String syncState(JsonNode sync) {
        return sync.path("state").asText(sync.path("status").asText(""));
    }

    private static Cell last(JsonNode state) {
        if (state.path("current_run").isObject()) {
            return new Cell(state.path("current_run").path("status").asText(), Style.PLAIN);
        }
        String last = state.path("recent").path(0).asText("-");
        int failures = state.path("failures_in_a_row").asInt();
        return new Cell(failures > 1 ? last + " x" + failures : last, Style.ofStatus(last));
    }
}
