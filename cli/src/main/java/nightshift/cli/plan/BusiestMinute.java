package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.automation.IanaZone;
import nightshift.cli.api.Json;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The minute of the next 24 hours in which the most automations start.
record BusiestMinute(Instant at, int starts) {
    private static final Duration AHEAD = Duration.ofHours(24);

    /// A cron expression and a zone.
    private record Timing(String cron, String zone) {}

    /// @param automations as they will be; paused ones do not count
    static Optional<BusiestMinute> of(List<JsonNode> automations, Instant now) {
        var timings = new HashMap<Timing, Integer>();
        for (var automation : automations) {
            if (automation.path("enabled").asBoolean()) {
                timings.merge(
                        new Timing(
                                automation.path("cron_expression").asText(),
                                automation.path("timezone").asText()),
                        1,
                        Integer::sum);
            }
        }
        var starts = new HashMap<Instant, Integer>();
        timings.forEach((timing, count) ->
                minutes(timing, now).forEach(at -> starts.merge(at, count, Integer::sum)));
        return starts.entrySet().stream()
                .max(
                        Map.Entry.<Instant, Integer>comparingByValue()
                                .thenComparing(
                                        Map.Entry.<Instant, Integer>comparingByKey().reversed()))
                .map(busiest -> new BusiestMinute(busiest.getKey(), busiest.getValue()));
    }

    private static List<Instant> minutes(Timing timing, Instant now) {
        var automation = Json.object().put("cron_expression", timing.cron());
        var cron = Meaning.cron(automation);
        var zone = IanaZone.find(timing.zone());
        return cron.isEmpty() || zone.isEmpty()
                ? List.of()
                : cron.get().between(now, now.plus(AHEAD), zone.get());
    }
}
