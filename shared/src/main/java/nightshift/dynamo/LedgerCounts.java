package nightshift.dynamo;

import nightshift.automation.Occurrence;
import nightshift.automation.Outcome;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// How many occurrences an automation had, by week and outcome, in the automation's own row: the
/// write that records an occurrence changes this row in any case, so counting costs nothing. A week
/// begins on a Thursday, as 1970 did.
final class LedgerCounts {
    /// Set in the rows that have counted from their creation on.
    static final String COUNTED = "occurrences_counted";

    private static final Pattern NAME = Pattern.compile("week_([0-9]+)_([a-z_]+)");
    private static final Duration WEEK = Duration.ofDays(7);

    /// An automation that occurs once in so many weeks forgets every week.
    private static final int FORGOTTEN_AT_ONCE = 5;

    private LedgerCounts() {}

    /// Counts one more occurrence, and removes the counts of weeks that have expired.
    static Change count(Change row, Occurrence occurrence, Duration kept) {
        long week = week(occurrence.scheduledAt());
        var outcome = occurrence.outcome();
        long forgotten = kept.dividedBy(WEEK) + 2;
        for (long ago = forgotten; ago < forgotten + FORGOTTEN_AT_ONCE; ago++) {
            row.remove(attribute(week - ago, outcome));
        }
        return row.add(attribute(week, outcome), 1);
    }

    /// The counts of a row by the beginning of their week.
    ///
    /// @param outcome only these; null: all
    static NavigableMap<Instant, Long> of(Item row, @Nullable Outcome outcome) {
        var counts = new TreeMap<Instant, Long>();
        for (var name : row.attributes().keySet()) {
            var parts = NAME.matcher(name);
            if (parts.matches() && (outcome == null || parts.group(2).equals(outcome.text()))) {
                var week = begin(Long.parseLong(parts.group(1)));
                counts.merge(week, row.number(name, 0), Long::sum);
            }
        }
        return counts;
    }

    static Instant end(Instant week) {
        return week.plus(WEEK);
    }

    /// The week of a minute.
    static Instant weekOf(Instant minute) {
        return begin(week(minute));
    }

    private static long week(Instant minute) {
        return Math.floorDiv(minute.getEpochSecond(), WEEK.toSeconds());
    }

    private static Instant begin(long week) {
        return Instant.EPOCH.plus(WEEK.multipliedBy(week));
    }

    private static String attribute(long week, Outcome outcome) {
        return "week_" + week + "_" + outcome.text();
    }
}
