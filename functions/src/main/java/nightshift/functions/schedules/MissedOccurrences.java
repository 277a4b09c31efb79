package nightshift.functions.schedules;

import nightshift.automation.ExpectedOccurrences;
import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Gatherers;

/// Finds the occurrences that were due and left no trace, announces and records them.
///
/// Announced first: a function that dies between the two announces them again when it is repeated,
/// instead of never.
final class MissedOccurrences {
    /// How far a look back goes that does not go back [nightshift.automation.Timings#KEPT].
    private static final Duration RECENT = Duration.ofHours(6);

    private static final int AT_ONCE = 16;
    private static final int MOST_NAMED = 100;

    private final Occurrences occurrences;
    private final Announcements announcements;
    private final Duration tolerance;
    private final Clock clock;

    /// An occurrence without a trace.
    ///
    /// @param outcome [Outcome#MISSED], or [Outcome#SKIPPED_DST] if its local time did not exist
    record Missed(TaskAutomation automation, Instant minute, Outcome outcome) {}

    MissedOccurrences(Wiring wiring) {
        this.occurrences = wiring.occurrences();
        this.announcements = wiring.announcements();
        this.tolerance = wiring.tolerance();
        this.clock = wiring.clock();
    }

    /// What the automation missed by the expressions that were in force. A firing that may still
    /// come is left alone.
    ///
    /// @param all whether to look back over two days, and not only some hours
    List<Missed> find(TaskAutomation automation, Instant now, boolean all) {
        var overdue =
                all
                        ? ExpectedOccurrences.overdue(automation, now, tolerance)
                        : ExpectedOccurrences.between(
                                automation,
                                now.minus(tolerance).minus(RECENT),
                                now.minus(tolerance));
        if (overdue.isEmpty()) {
            return List.of();
        }
        occurrences
                .recorded(automation.projectId(), automation.id(), overdue.firstKey(), now)
                .forEach(overdue::remove);
        var missed = new ArrayList<Missed>();
        overdue.forEach((minute, outcome) -> missed.add(new Missed(automation, minute, outcome)));
        return missed;
    }

    /// Announces what a project missed with one event, and records it.
    ///
    /// @return how many were missed; local times that did not exist are recorded but not counted
    int announceAndRecord(long projectId, List<Missed> found) {
        var missed = found.stream().filter(each -> each.outcome() == Outcome.MISSED).toList();
        if (!missed.isEmpty()) {
            announcements.announce(
                    List.of(new Announcement("Occurrences Missed", detail(projectId, missed))));
        }
        return found.stream()
                .gather(Gatherers.mapConcurrent(AT_ONCE, this::record))
                .mapToInt(counted -> counted)
                .sum();
    }

    private static String detail(long projectId, List<Missed> missed) {
        var detail = Json.object().put("project_id", projectId).put("count", missed.size());
        var counts = detail.putObject("counts"); // for each automation, of all
        for (var each : missed) {
            var id = each.automation().id().toString();
            counts.put(id, counts.path(id).asInt(0) + 1);
        }
        var named = detail.putArray("missed");
        missed.stream()
                .sorted(Comparator.comparing(Missed::minute))
                .limit(MOST_NAMED)
                .forEach(each ->
                        named.addObject()
                                .put("automation_id", each.automation().id().toString())
                                .put("name", each.automation().spec().name())
                                .put("scheduled_at", IsoTime.format(each.minute())));
        return Json.text(detail);
    }

    /// Answers 1 if a miss is recorded now.
    private int record(Missed missed) {
        var automation = missed.automation();
        var occurrence =
                new Occurrence(
                        automation.projectId(),
                        automation.id(),
                        missed.minute(),
                        missed.outcome(),
                        null,
                        0,
                        Duration.ZERO,
                        clock.instant());
        boolean now = occurrences.record(occurrence, automation) == Occurrences.Recorded.NOW;
        return now && missed.outcome() == Outcome.MISSED ? 1 : 0;
    }
}
