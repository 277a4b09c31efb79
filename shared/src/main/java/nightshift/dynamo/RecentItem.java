package nightshift.dynamo;

import nightshift.automation.RecentOutcomes;
import nightshift.automation.TaskAutomation;

import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;

/// How the newest outcomes of an automation lie in its row: each in an attribute of its own, named
/// by its minute, so that writers of different occurrences do not get in each other's way.
///
/// An outcome is written in the transaction that changes its occurrence, and is dropped only when
/// [RecentOutcomes#MOST] newer ones are there: whatever was written meanwhile, it is not needed any
/// more. So the newest of the row are always those of the ledger; a row may hold some older ones,
/// until the next outcome.
final class RecentItem {
    private static final String MINUTE = "at_";

    private RecentItem() {}

    static Item write(Item row, RecentOutcomes recent) {
        recent.shown().forEach((minute, shown) -> row.put(attribute(minute), shown));
        return row;
    }

    static RecentOutcomes read(Item row) {
        var shown = new TreeMap<Instant, String>();
        for (var name : row.attributes().keySet()) {
            if (name.startsWith(MINUTE)) {
                var minutes = Long.parseLong(name.substring(MINUTE.length()));
                shown.put(Instant.EPOCH.plus(Duration.ofMinutes(minutes)), row.text(name));
            }
        }
        return new RecentOutcomes(shown);
    }

    /// Writes what differs.
    static Change change(Change row, TaskAutomation from, TaskAutomation to) {
        var before = from.recent().shown();
        var after = to.recent().shown();
        for (var minute : before.keySet()) {
            if (!after.containsKey(minute)) {
                row.remove(attribute(minute));
            }
        }
        after.forEach((minute, shown) -> {
            if (!shown.equals(before.get(minute))) {
                row.set(attribute(minute), shown);
            }
        });
        return row;
    }

    private static String attribute(Instant minute) {
        return MINUTE + Duration.between(Instant.EPOCH, minute).toMinutes();
    }
}
