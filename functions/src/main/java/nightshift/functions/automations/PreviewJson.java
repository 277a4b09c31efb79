package nightshift.functions.automations;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.automation.AutomationSpec;
import nightshift.automation.CronExpression;
import nightshift.automation.IanaZone;
import nightshift.automation.TaskAutomation;
import nightshift.json.Json;
import nightshift.scheduler.AwsCron;
import nightshift.text.IsoTime;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a cron expression means in a zone, from a moment on: the next occurrences, words, warnings.
final class PreviewJson {
    private static final int SHOWN = 10;

    /// One more automation than this in a minute is worth a warning.
    private static final int CROWD = 20;

    private static final Duration OFTEN = Duration.ofMinutes(5);
    private static final Duration AHEAD = Duration.ofDays(366);
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");

    private PreviewJson() {}

    static ObjectNode write(CronExpression cron, IanaZone zone, Instant now) {
        var next = next(cron, zone, now);
        var json =
                Json.object()
                        .put("cron_expression", cron.text())
                        .put("timezone", zone.name())
                        .put("description", cron.describe() + ", " + zone.name());
        json.set("occurrences", occurrences(next, zone));
        AwsCron.translate(cron).forEach(json.putArray("eventbridge_expressions")::add);
        json.set("warnings", warnings(cron, zone, now, next));
        return json;
    }

    /// Adds a warning if too many automations would start in the minute of a coming occurrence.
    ///
    /// @param others the project's other automations
    static void warnIfCrowded(
            ObjectNode preview,
            CronExpression cron,
            IanaZone zone,
            Instant now,
            Stream<TaskAutomation> others) {
        var next = next(cron, zone, now);
        var starts = new int[next.size()];
        others.map(TaskAutomation::spec)
                .filter(AutomationSpec::enabled)
                .forEach(spec -> {
                    for (int i = 0; i < starts.length; i++) {
                        if (spec.cron().occursAt(next.get(i), spec.timezone())) starts[i]++;
                    }
                });
        for (int i = 0; i < starts.length; i++) {
            if (starts[i] >= CROWD) {
                warn(
                        preview.withArray("warnings"),
                        "crowded",
                        "%d automations of this project start at %s already."
                                .formatted(starts[i], IsoTime.format(next.get(i))));
                return;
            }
        }
    }

    private static List<Instant> next(CronExpression cron, IanaZone zone, Instant now) {
        var next = new ArrayList<Instant>();
        var after = cron.next(now, zone);
        while (after.isPresent() && next.size() < SHOWN) {
            next.add(after.get());
            after = cron.next(after.get(), zone);
        }
        return next;
    }

    private static ArrayNode occurrences(List<Instant> next, IanaZone zone) {
        var occurrences = Json.array();
        for (var occurrence : next) {
            occurrences
                    .addObject()
                    .put("utc", IsoTime.format(occurrence))
                    .put("local", LOCAL.format(occurrence.atZone(zone.rules())));
        }
        return occurrences;
    }

    private static ArrayNode warnings(
            CronExpression cron, IanaZone zone, Instant now, List<Instant> next) {
        var warnings = Json.array();
        for (var skipped : cron.skippedBetween(now, now.plus(AHEAD), zone)) {
            warnings.addObject()
                    .put("code", "skipped_dst")
                    .put("local", skipped.toString())
                    .put(
                            "detail",
                            skipped
                                    + " does not exist in "
                                    + zone.name()
                                    + ": this occurrence is skipped.");
        }
        for (var repeated : cron.repeatedBetween(now, now.plus(AHEAD), zone)) {
            warnings.addObject()
                    .put("code", "repeated_dst")
                    .put("local", repeated.toString())
                    .put(
                            "detail",
                            repeated
                                    + " comes twice in "
                                    + zone.name()
                                    + ": it fires the first time only.");
        }
        if (isOften(next)) {
            warn(warnings, "frequent", "Fires more often than every five minutes.");
        }
        if (next.isEmpty() || next.getFirst().isAfter(now.plus(AHEAD))) {
            warn(warnings, "rare", "Does not fire within the next year.");
        }
        return warnings;
    }

    private static boolean isOften(List<Instant> next) {
        for (int i = 1; i < next.size(); i++) {
            if (Duration.between(next.get(i - 1), next.get(i)).compareTo(OFTEN) < 0) {
                return true;
            }
        }
        return false;
    }

    private static void warn(ArrayNode warnings, String code, String detail) {
        warnings.addObject().put("code", code).putNull("local").put("detail", detail);
    }
}
