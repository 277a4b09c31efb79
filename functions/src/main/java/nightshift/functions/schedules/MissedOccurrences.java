package nightshift.functions.schedules;

import nightshift.automation.IanaZone;
import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.automation.Timings;
import nightshift.automation.Timings.Former;
import nightshift.functions.lambda.Wiring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;

/// Records the occurrences that were due and left no trace, computed from the expression.
final class MissedOccurrences {
    private final Occurrences occurrences;
    private final Duration tolerance;
    private final Clock clock;

    MissedOccurrences(Wiring wiring) {
        this.occurrences = wiring.occurrences();
        this.tolerance = wiring.tolerance();
        this.clock = wiring.clock();
    }

    /// Records what the automation missed in the last two days, by the expressions that were in
    /// force. A firing that may still come is left alone.
    ///
    /// @return how many were missed; local times that did not exist are written down but not
    ///   counted
    int writeDown(TaskAutomation automation, Instant now) {
        var timings = automation.timings();
        var inForce = new ArrayList<>(timings.former());
        var spec = automation.spec();
        if (spec.enabled()) {
            inForce.add(new Former(spec.cron(), spec.timezone(), timings.since(), now));
        }
        if (inForce.isEmpty()) {
            return 0;
        }
        var from = now.minus(Timings.KEPT);
        var known =
                new HashSet<>(
                        occurrences.recorded(automation.projectId(), automation.id(), from, now));
        int missed = 0;
        for (var timing : inForce) {
            missed += writeDown(automation, timing, from, now.minus(tolerance), known);
        }
        return missed;
    }

    private int writeDown(
            TaskAutomation automation,
            Former timing,
            Instant notBefore,
            Instant before,
            Set<Instant> known) {
        var from = timing.since().isAfter(notBefore) ? timing.since() : notBefore;
        var to = timing.until().isBefore(before) ? timing.until() : before;
        if (!from.isBefore(to)) {
            return 0;
        }
        int missed = 0;
        for (var minute : timing.cron().between(from, to, timing.timezone())) {
            if (known.add(minute) && record(automation, minute, Outcome.MISSED)) {
                missed++;
            }
        }
        for (var skipped : timing.cron().skippedBetween(from, to, timing.timezone())) {
            var minute = instant(skipped, timing.timezone());
            if (known.add(minute)) {
                record(automation, minute, Outcome.SKIPPED_DST);
            }
        }
        return missed;
    }

    /// The instant of a local time that does not exist, by the offset in force before the clocks
    /// moved.
    private static Instant instant(LocalDateTime skipped, IanaZone timezone) {
        return skipped.atZone(timezone.rules()).toInstant();
    }

    private boolean record(TaskAutomation automation, Instant minute, Outcome outcome) {
        var occurrence =
                new Occurrence(
                        automation.projectId(),
                        automation.id(),
                        minute,
                        outcome,
                        null,
                        0,
                        Duration.ZERO,
                        clock.instant());
        return occurrences.record(occurrence, automation) == Occurrences.Recorded.NOW;
    }
}
