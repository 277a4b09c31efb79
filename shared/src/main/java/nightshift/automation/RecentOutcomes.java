package nightshift.automation;

import nightshift.run.RunStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What became of an automation's newest occurrences. The automation's own row keeps it, so that a
/// list of automations does not read the ledger of each.
///
/// @param shown by minute, what [Occurrence#shown] says
public record RecentOutcomes(NavigableMap<Instant, String> shown) {
    /// How many are kept.
    public static final int MOST = 14;

    /// Nothing was recorded yet.
    public static final RecentOutcomes NONE = new RecentOutcomes(new TreeMap<>());

    public RecentOutcomes {
        shown = Collections.unmodifiableNavigableMap(new TreeMap<>(shown));
    }

    /// With one more. The oldest beyond [#MOST] are dropped, which may be this one.
    RecentOutcomes with(Instant minute, String outcome) {
        var all = new TreeMap<>(shown);
        all.put(minute, outcome);
        while (all.size() > MOST) {
            all.pollFirstEntry();
        }
        return new RecentOutcomes(all);
    }

    /// With another outcome of a minute, if it is kept.
    RecentOutcomes changed(Instant minute, String outcome) {
        return shown.containsKey(minute) ? with(minute, outcome) : this;
    }

    /// The occurrences, newest first: of each the minute, the outcome and how its run has ended.
    public List<Occurrence> of(TaskAutomation automation) {
        return shown.descendingMap().entrySet().stream()
                .map(each -> occurrence(automation, each.getKey(), each.getValue()))
                .toList();
    }

    private static Occurrence occurrence(TaskAutomation automation, Instant minute, String text) {
        var outcome =
                Stream.of(Outcome.values()).filter(each -> each.text().equals(text)).findFirst();
        return new Occurrence(
                automation.projectId(),
                automation.id(),
                minute,
                outcome.orElse(Outcome.STARTED),
                null,
                0,
                Duration.ZERO,
                null,
                0,
                outcome.isPresent() ? null : RunStatus.of(text));
    }
}
