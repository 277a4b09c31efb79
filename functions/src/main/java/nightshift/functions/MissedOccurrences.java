package nightshift.functions;

import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.HashSet;

/// Writes down the occurrences that should have come and of which nothing was seen, as the
/// expression itself says.
final class MissedOccurrences {
    /// Two days, so that a daily look leaves no gap.
    private static final Duration LOOK_BACK = Duration.ofDays(2);

    private final Occurrences occurrences;
    private final Duration tolerance;
    private final Clock clock;

    MissedOccurrences(Wiring wiring) {
        this.occurrences = wiring.occurrences();
        this.tolerance = wiring.tolerance();
        this.clock = wiring.clock();
    }

    /// Writes down what the automation missed, as it has been since a moment. A firing that may
    /// still come is left alone.
    ///
    /// @return how many were missed; local times that did not exist are written down but not
    ///   counted
    int writeDown(TaskAutomation automation, Instant since, Instant now) {
        var spec = automation.spec();
        var from = latest(since, now.minus(LOOK_BACK));
        var to = now.minus(tolerance);
        if (!spec.enabled() || !from.isBefore(to)) {
            return 0;
        }
        var known =
                new HashSet<>(
                        occurrences.recorded(automation.projectId(), automation.id(), from, now));
        int missed = 0;
        for (var minute : spec.cron().between(from, to, spec.timezone())) {
            if (known.add(minute) && record(automation, minute, Outcome.MISSED)) {
                missed++;
            }
        }
        for (var skipped : spec.cron().skippedBetween(from, to, spec.timezone())) {
            var minute = instant(skipped, automation);
            if (known.add(minute)) {
                record(automation, minute, Outcome.SKIPPED_DST);
            }
        }
        return missed;
    }

    /// The instant of a local time that does not exist, by the offset in force before the clocks
    /// moved.
    private static Instant instant(LocalDateTime skipped, TaskAutomation automation) {
        return skipped.atZone(automation.spec().timezone().rules()).toInstant();
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

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
