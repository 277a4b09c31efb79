package nightshift.functions.schedules;

import nightshift.automation.ExpectedOccurrences;
import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.Wiring;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// Records the occurrences that were due and left no trace.
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
        var overdue = ExpectedOccurrences.overdue(automation, now, tolerance);
        if (overdue.isEmpty()) {
            return 0;
        }
        occurrences
                .recorded(automation.projectId(), automation.id(), overdue.firstKey(), now)
                .forEach(overdue::remove);
        int missed = 0;
        for (var each : overdue.entrySet()) {
            if (record(automation, each.getKey(), each.getValue())
                    && each.getValue() == Outcome.MISSED) {
                missed++;
            }
        }
        return missed;
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
