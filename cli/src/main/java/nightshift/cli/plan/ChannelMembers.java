package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.Answer;
import nightshift.cli.api.ApiClient;
import nightshift.cli.api.ApiRefusalException;
import nightshift.cli.api.Json;
import nightshift.cli.text.CliException;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Brings automations into channels and out of them, with one write for each channel.
final class ChannelMembers {
    private static final int ATTEMPTS = 5;

    private final ApiClient api;
    private final Plan plan;
    private final Report report;

    ChannelMembers(ApiClient api, Plan plan, Report report) {
        this.api = api;
        this.plan = plan;
        this.report = report;
    }

    void apply() {
        var joining = new TreeMap<String, Set<String>>();
        var leaving = new TreeMap<String, Set<String>>();
        for (var change : plan.todo()) {
            String id = report.idOf(change);
            if (!id.isEmpty()) {
                change.joins().forEach(channel -> add(joining, channel, id));
                change.leaves().forEach(channel -> add(leaving, channel, id));
            }
        }
        var all = new TreeSet<>(joining.keySet());
        all.addAll(leaving.keySet());
        for (var channel : all) {
            try {
                write(
                        channel,
                        joining.getOrDefault(channel, Set.of()),
                        leaving.getOrDefault(channel, Set.of()));
            } catch (CliException refused) {
                report.note("Channel " + channel + " was not changed: " + refused.getMessage());
            }
        }
    }

    private static void add(Map<String, Set<String>> channels, String channel, String id) {
        channels.computeIfAbsent(channel, _ -> new TreeSet<>()).add(id);
    }

    private void write(String channel, Set<String> joining, Set<String> leaving) {
        String path = "notification_channels/" + channel + "/";
        for (int attempt = 1; ; attempt++) {
            Answer found = api.get(path);
            JsonNode automations = found.json().path("automations");
            if (automations.isNull()) {
                return; // it tells of all
            }
            var members = new TreeSet<String>(joining);
            automations.forEach(id -> members.add(id.asText()));
            members.removeAll(leaving);
            var body = Json.object();
            members.forEach(body.putArray("automations")::add);
            String version = found.header("ETag");
            try {
                api.send(
                        "PATCH",
                        path,
                        body,
                        version.isEmpty() ? Map.of() : Map.of("If-Match", version));
                return;
            } catch (ApiRefusalException refused) {
                if (refused.status() != 412 || attempt == ATTEMPTS) {
                    throw refused;
                }
            }
        }
    }
}
