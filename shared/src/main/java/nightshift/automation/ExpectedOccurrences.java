package nightshift.automation;

import nightshift.automation.Timings.Former;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// The minutes at which an automation should have run, computed from the expressions that were in
/// force. Nothing is read: a minute of these that the ledger does not have was missed.
public final class ExpectedOccurrences {
    private ExpectedOccurrences() {}

    /// The expected minutes of which something should have been seen by now, oldest first, each
    /// with its outcome if the ledger has nothing of it: [Outcome#MISSED], or [Outcome#SKIPPED_DST]
    /// for a local time that did not exist.
    ///
    /// They go back [Timings#KEPT]. A firing that may still come is left out.
    ///
    /// @param tolerance how late a firing may come
    public static NavigableMap<Instant, Outcome> overdue(
            TaskAutomation automation, Instant now, Duration tolerance) {
        return between(automation, now.minus(Timings.KEPT), now.minus(tolerance));
    }

    /// The expected minutes of an interval, in the same form.
    public static NavigableMap<Instant, Outcome> between(
            TaskAutomation automation, Instant afterExclusive, Instant untilInclusive) {
        var expected = new TreeMap<Instant, Outcome>();
        for (var timing : inForce(automation, untilInclusive)) {
            var from = later(timing.since(), afterExclusive);
            var to = earlier(timing.until(), untilInclusive);
            if (!from.isBefore(to)) {
                continue;
            }
            var zone = timing.timezone();
            for (var minute : timing.cron().between(from, to, zone)) {
                expected.putIfAbsent(minute, Outcome.MISSED);
            }
            for (var skipped : timing.cron().skippedBetween(from, to, zone)) {
                expected.putIfAbsent(instant(skipped, zone), Outcome.SKIPPED_DST);
            }
        }
        return expected;
    }

    private static List<Former> inForce(TaskAutomation automation, Instant until) {
        var timings = automation.timings();
        var inForce = new ArrayList<>(timings.former());
        var spec = automation.spec();
        if (spec.enabled()) {
            inForce.add(new Former(spec.cron(), spec.timezone(), timings.since(), until));
        }
        return inForce;
    }

    /// The instant of a local time that does not exist, by the offset in force before the clocks
    /// moved.
    private static Instant instant(LocalDateTime skipped, IanaZone timezone) {
        return skipped.atZone(timezone.rules()).toInstant();
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
