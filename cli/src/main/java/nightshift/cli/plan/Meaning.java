package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.automation.CronExpression;
import nightshift.automation.CronSyntaxException;
import nightshift.automation.IanaZone;
import nightshift.cli.api.Json;
import nightshift.cli.text.Times;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a schedule means: in words, its next three occurrences, and what somebody might not expect.
record Meaning(
        String cron,
        IanaZone zone,
        boolean enabled,
        String words,
        List<Instant> next,
        List<String> warnings) {
    private static final int SHOWN = 3;
    private static final Duration YEAR = Duration.ofDays(366);
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");

    /// The meaning of an automation's fields; null if they cannot be read.
    static @Nullable Meaning of(JsonNode automation, Instant now) {
        var zone = IanaZone.find(automation.path("timezone").asText());
        var cron = cron(automation);
        if (zone.isEmpty() || cron.isEmpty()) {
            return null;
        }
        return new Meaning(
                cron.get().text(),
                zone.get(),
                automation.path("enabled").asBoolean(),
                cron.get().describe() + ", " + zone.get().name(),
                next(cron.get(), zone.get(), now),
                warnings(cron.get(), zone.get(), now));
    }

    static Optional<CronExpression> cron(JsonNode automation) {
        try {
            return Optional.of(CronExpression.stored(automation.path("cron_expression").asText()));
        } catch (CronSyntaxException unknown) {
            return Optional.empty(); // a later version of the service may know more
        }
    }

    private static List<Instant> next(CronExpression cron, IanaZone zone, Instant now) {
        var next = new ArrayList<Instant>();
        var occurrence = cron.next(now, zone);
        while (occurrence.isPresent() && next.size() < SHOWN) {
            next.add(occurrence.get());
            occurrence = cron.next(occurrence.get(), zone);
        }
        return next;
    }

    private static List<String> warnings(CronExpression cron, IanaZone zone, Instant now) {
        var warnings = new ArrayList<String>();
        for (var time : cron.skippedBetween(now, now.plus(YEAR), zone)) {
            warnings.add(
                    time + " does not exist in " + zone.name() + ": this occurrence is skipped.");
        }
        for (var time : cron.repeatedBetween(now, now.plus(YEAR), zone)) {
            warnings.add(
                    time + " comes twice in " + zone.name() + ": it fires the first time only.");
        }
        return warnings;
    }

    /// The words, and whether it fires at all.
    String sentence() {
        return enabled ? words : words + " (paused)";
    }

    /// The next occurrences in the schedule's own zone.
    String occurrences() {
        return next.isEmpty()
                ? "never"
                : String.join(
                        ", ", next.stream().map(at -> Times.minute(at, zone.rules())).toList());
    }

    ObjectNode json() {
        var json =
                Json.object()
                        .put("cron_expression", cron)
                        .put("timezone", zone.name())
                        .put("enabled", enabled)
                        .put("description", words);
        var occurrences = json.putArray("occurrences");
        next.forEach(at ->
                occurrences
                        .addObject()
                        .put("utc", at.toString())
                        .put("local", LOCAL.format(at.atZone(zone.rules()))));
        var texts = json.putArray("warnings");
        warnings.forEach(texts::add);
        return json;
    }
}
