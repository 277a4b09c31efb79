package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// The occurrences to come of many automations.
///
/// @param nearest the first ones, in order of time, then as the automations came
/// @param truncated whether there are more
/// @param busiest the minute with the most starts, the first of several, those left out included;
///   null: there is none
public record UpcomingOccurrences(
        List<Upcoming> nearest, boolean truncated, @Nullable Busiest busiest) {

    /// An occurrence to come.
    public record Upcoming(TaskAutomation automation, Instant minute) {}

    /// A minute and how many automations start in it.
    public record Busiest(Instant minute, int starts) {}

    /// Where one automation is.
    private record Next(int place, Instant minute) implements Comparable<Next> {
        @Override
        public int compareTo(Next other) {
            int byTime = minute.compareTo(other.minute);
            return byTime == 0 ? Integer.compare(place, other.place) : byTime;
        }
    }

    public UpcomingOccurrences {
        nearest = List.copyOf(nearest);
    }

    /// Those after one moment until another.
    ///
    /// @param automations those that are enabled
    /// @param most how many are listed
    public static UpcomingOccurrences of(
            List<TaskAutomation> automations, Instant after, Instant until, int most) {
        var queue = new PriorityQueue<Next>();
        for (int place = 0; place < automations.size(); place++) {
            offer(queue, automations, place, after, until);
        }
        var nearest = new ArrayList<Upcoming>();
        while (!queue.isEmpty() && nearest.size() < most) {
            var next = queue.remove();
            nearest.add(new Upcoming(automations.get(next.place()), next.minute()));
            offer(queue, automations, next.place(), next.minute(), until);
        }
        boolean truncated = !queue.isEmpty();
        return new UpcomingOccurrences(nearest, truncated, busiest(automations, after, until));
    }

    private static void offer(
            PriorityQueue<Next> queue,
            List<TaskAutomation> automations,
            int place,
            Instant after,
            Instant until) {
        var spec = automations.get(place).spec();
        spec.cron()
                .next(after, spec.timezone())
                .filter(minute -> !minute.isAfter(until))
                .ifPresent(minute -> queue.add(new Next(place, minute)));
    }

    /// Equal schedules are computed once: many automations share few of them.
    private static @Nullable Busiest busiest(
            List<TaskAutomation> automations, Instant after, Instant until) {
        var schedules = new HashMap<List<String>, List<TaskAutomation>>();
        for (var automation : automations) {
            var spec = automation.spec();
            schedules
                    .computeIfAbsent(
                            List.of(spec.cron().canonical(), spec.timezone().name()),
                            _ -> new ArrayList<>())
                    .add(automation);
        }
        var starts = new HashMap<Instant, Integer>();
        for (var same : schedules.values()) {
            var spec = same.getFirst().spec();
            for (var minute : spec.cron().between(after, until, spec.timezone())) {
                starts.merge(minute, same.size(), Integer::sum);
            }
        }
        Busiest busiest = null;
        for (Map.Entry<Instant, Integer> each : starts.entrySet()) {
            int count = each.getValue();
            if (busiest == null
                    || count > busiest.starts()
                    || (count == busiest.starts() && each.getKey().isBefore(busiest.minute()))) {
                busiest = new Busiest(each.getKey(), count);
            }
        }
        return busiest;
    }
}
