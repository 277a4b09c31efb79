package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;

import nightshift.cli.api.Json;
import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Style;

import picocli.CommandLine.Command;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.stream.Collectors;

/// `nightshift doctor`.
@Command(
        name = "doctor",
        description =
                "Checks the API, the key, the schedules and the worker; the exit code is 1 if something is wrong.")
public final class Doctor extends Verb {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final ArrayNode checks = Json.MAPPER.createArrayNode();
    private boolean well = true;

    /// What a check found.
    private record Finding(boolean well, String text) {}

    /// A check that may fail because the API refuses.
    private interface Check {
        Finding look();
    }

    @Override
    protected int run() {
        var connection = api().connection(); // without one there is nothing to check
        check("API and key", () -> key(api().getFromRoot("/api/keys/@me").json()));
        check(
                "project " + connection.project(),
                () ->
                        new Finding(
                                true,
                                api().get("task_automations?limit=1").json().path("count").asInt()
                                        + " automations"));
        check("schedules", () -> schedules(api().list("automation_states").path("results")));
        check(
                "missed in the last 24 hours",
                () -> missed(api().get("occurrences?status=missed&limit=1").json()));
        check("worker", () -> worker(api().get("task_runs?limit=100").json().path("results")));
        if (json) {
            terminal().line(Json.object().put("well", well).set("checks", checks).toString());
        }
        return well ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private void check(String name, Check check) {
        Finding found;
        try {
            found = check.look();
        } catch (CliException refused) {
            if (refused.exitCode() == ExitCode.NOT_SIGNED_IN) {
                throw refused;
            }
            found = new Finding(false, refused.text().replace("\n", " "));
        }
        well &= found.well();
        checks.addObject()
                .put("check", name)
                .put("well", found.well())
                .put("finding", found.text());
        if (!json) {
            terminal()
                    .line(
                            (found.well()
                                            ? Style.GREEN.of("ok   ", terminal())
                                            : Style.RED.of("WRONG", terminal()))
                                    + " "
                                    + name
                                    + ": "
                                    + found.text());
        }
    }

    private static Finding key(JsonNode key) {
        var scopes = key.path("scopes").valueStream().map(JsonNode::asText).toList();
        boolean writes = scopes.contains("task:write") || scopes.contains("*");
        boolean reads = writes || scopes.contains("task:read");
        return new Finding(
                reads,
                "\""
                        + key.path("label").asText()
                        + "\" may "
                        + (writes ? "read and write" : reads ? "read only" : "do nothing here")
                        + " ("
                        + String.join(", ", scopes)
                        + ")");
    }

    private static Finding schedules(JsonNode states) {
        var broken = new ArrayList<String>();
        int failing = 0;
        for (var state : states) {
            String sync = Ls.syncState(state.path("sync"));
            var since = state.path("sync").path("since");
            boolean late =
                    sync.equals("pending")
                            && since.isTextual()
                            && Instant.parse(since.asText())
                                    .isBefore(Instant.now().minus(PATIENCE));
            if (sync.equals("failed") || late) {
                broken.add(state.path("name").asText());
            }
            failing += state.path("failures_in_a_row").asInt() > 0 ? 1 : 0;
        }
        String failed =
                failing == 0 ? "" : "; " + failing + " failed last (`nightshift ls --failing`)";
        return broken.isEmpty()
                ? new Finding(true, "all in force" + failed)
                : new Finding(
                        false,
                        broken.size()
                                + " not in force: "
                                + broken.stream().limit(5).collect(Collectors.joining(", "))
                                + ". `nightshift why NAME` says why"
                                + failed);
    }

    private static Finding missed(JsonNode page) {
        int count = page.path("count").asInt();
        return new Finding(
                count == 0, count == 0 ? "none" : count + "; `nightshift why NAME` lists them");
    }

    private static Finding worker(JsonNode runs) {
        var longAgo = Instant.now().minus(PATIENCE);
        long waiting =
                runs.valueStream()
                        .filter(run -> run.path("status").asText().equals("queued"))
                        .filter(run ->
                                Instant.parse(run.path("created_at").asText()).isBefore(longAgo))
                        .count();
        if (waiting > 0) {
            return new Finding(
                    false,
                    waiting
                            + " of the latest runs wait since over ten minutes. Does a worker run? See docs/worker.md");
        }
        boolean answered =
                runs.valueStream().anyMatch(run -> !run.path("status").asText().equals("queued"));
        return new Finding(true, answered ? "takes runs" : "no run has needed it yet");
    }
}
