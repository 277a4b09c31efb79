package nightshift.automation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Since when an automation has the occurrences that it has, and which it had shortly before: what
/// did not come in spite of an expression that has been edited since was missed all the same.
///
/// @param since when the present expression, zone and state came into force
/// @param former oldest first; times in which the automation was paused are left out
public record Timings(Instant since, List<Former> former) {
    /// How long a former timing is remembered: two days, so that a daily look leaves no gap.
    public static final Duration KEPT = Duration.ofDays(2);

    /// Of more edits than this within two days the oldest are forgotten: a row must not grow.
    private static final int MOST = 50;

    /// A timing that was in force.
    ///
    /// @param since exclusive
    /// @param until inclusive
    public record Former(CronExpression cron, IanaZone timezone, Instant since, Instant until) {}

    public Timings {
        former = List.copyOf(former);
    }

    /// Of a new automation.
    public static Timings since(Instant now) {
        return new Timings(now, List.of());
    }

    /// After an edit of the expression, the zone or the state.
    ///
    /// @param before what was in force until now
    Timings after(AutomationSpec before, Instant now) {
        var kept = new ArrayList<>(former);
        kept.removeIf(each -> each.until().isBefore(now.minus(KEPT)));
        if (before.enabled()) {
            kept.add(new Former(before.cron(), before.timezone(), since, now));
        }
        return new Timings(now, kept.subList(Math.max(0, kept.size() - MOST), kept.size()));
    }
}
