package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.Json;
import nightshift.cli.api.Names;
import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Style;
import nightshift.cli.text.TextTable;
import nightshift.cli.text.TextTable.Cell;
import nightshift.cli.text.Times;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// `nightshift channels`.
@Command(
        name = "channels",
        description = "Lists the channels that tell of runs; adds, tests and removes them.")
public final class Channels extends Verb {
    @ArgGroup(exclusive = true, multiplicity = "0..1")
    @Nullable Act act;

    /// What to do instead of listing.
    static final class Act {
        @Option(
                names = "--add",
                paramLabel = "NAME",
                description =
                        "Adds a channel. Its URL is a secret: it is asked for, or read from standard input.")
        @Nullable String add;

        @Option(names = "--test", paramLabel = "NAME", description = "Sends a test message.")
        @Nullable String test;

        @Option(names = "--rm", paramLabel = "NAME", description = "Removes a channel.")
        @Nullable String remove;
    }

    @Option(names = "--kind", paramLabel = "KIND", description = "With --add: webhook or slack.")
    String kind = "webhook";

    @Option(
            names = "--events",
            split = ",",
            paramLabel = "EVENT",
            description =
                    "With --add: run_failed, run_completed, occurrence_missed, automation_paused,"
                            + " automation_recovered, schedule_refused.")
    List<String> events = new ArrayList<>();

    @Option(
            names = "--automation",
            paramLabel = "NAME",
            description = "With --add: only of this automation; may be repeated.")
    List<String> automations = new ArrayList<>();

    @Option(
            names = "--after-failures",
            paramLabel = "N",
            description = "With --add: after so many failures in a row.")
    @Nullable Integer afterFailures;

    @Option(names = "--yes", description = "With --rm: does not ask.")
    boolean yes;

    @Override
    protected int run() {
        if (act == null) {
            return list();
        }
        if (act.add != null) {
            return add(act.add);
        }
        return act.test != null ? test(act.test) : remove("" + act.remove);
    }

    private int list() {
        var page = api().list("notification_channels");
        if (json) {
            terminal().line(page.toString());
            return ExitCode.DONE;
        }
        var table =
                new TextTable(
                        "NAME", "KIND", "TO", "EVENTS", "AUTOMATIONS", "STATE", "LAST DELIVERY");
        for (var channel : page.path("results")) {
            var delivery = channel.path("last_delivery");
            table.row(
                    channel.path("name").asText(),
                    channel.path("kind").asText(),
                    channel.path("url").asText(channel.path("host").asText("-")),
                    channel.path("events")
                            .valueStream()
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(",")),
                    channel.path("automations").isNull()
                            ? "all"
                            : channel.path("automations").size(),
                    channel.path("enabled").asBoolean(true) ? "on" : new Cell("off", Style.YELLOW),
                    delivery.isObject()
                            ? new Cell(
                                    Times.local(delivery.path("at"))
                                            + " "
                                            + delivery.path("status").asText(),
                                    delivery.path("error").isTextual() ? Style.RED : Style.GREEN)
                            : "-");
        }
        if (page.path("results").isEmpty()) {
            terminal().say("There are no channels. `nightshift channels --add NAME` makes one.");
        } else {
            table.print(terminal());
        }
        return ExitCode.DONE;
    }

    private int add(String name) {
        var body = Json.object().put("name", name).put("kind", kind);
        if (!events.isEmpty()) {
            events.forEach(body.putArray("events")::add);
        }
        if (!automations.isEmpty()) {
            var ids = body.putArray("automations");
            automations.forEach(one -> ids.add(automation(one).path("id").asText()));
        }
        if (afterFailures != null) {
            body.put("after_failures", afterFailures);
        }
        String url = terminal().askSecret("URL (it is not shown): ");
        terminal().say("");
        if (url == null || url.isBlank()) {
            throw CliException.usage("There is no URL.", "Type it, or pipe it in.");
        }
        var created = api().send("POST", "notification_channels/", body.put("url", url.strip()));
        if (json) {
            terminal().line(created.text());
        } else {
            terminal().line(created.json().path("id").asText());
            if (created.json().path("secret").isTextual()) {
                terminal().line(created.json().path("secret").asText());
                terminal()
                        .say(
                                "The second line is the secret of its signatures; it is shown this once only.");
            }
        }
        return ExitCode.DONE;
    }

    private int test(String name) {
        var answer = api().send("POST", path(name) + "test/", null);
        if (json) {
            terminal().line(answer.text());
        } else {
            terminal()
                    .say("A test message is on its way; `nightshift channels` shows how it went.");
        }
        return ExitCode.DONE;
    }

    private int remove(String name) {
        String path = path(name);
        terminal().confirm(yes, "Remove the channel " + TextTable.printable(name) + "?");
        api().send("DELETE", path, null);
        terminal().say("Removed.");
        return ExitCode.DONE;
    }

    private String path(String name) {
        var all = api().list("notification_channels").path("results");
        return "notification_channels/"
                + Names.find("channel", name, all, "name").path("id").asText()
                + "/";
    }
}
