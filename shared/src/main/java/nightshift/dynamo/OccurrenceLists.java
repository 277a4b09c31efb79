package nightshift.dynamo;

import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences.Listed;
import nightshift.automation.Outcome;
import nightshift.dynamo.Ranges.Range;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;

/// Reads the ledger: a page reads itself, however long the ledger is.
final class OccurrenceLists {
    /// No occurrence is later.
    private static final Instant END = Instant.parse("9999-01-01T00:00:00Z");

    private final Table table;

    OccurrenceLists(Table table) {
        this.table = table;
    }

    /// An automation's occurrences, newest first. Those of the week in which the list begins are
    /// counted by reading them, those of later weeks are counted in the row.
    Listed of(
            Item row,
            long projectId,
            UUID automationId,
            @Nullable Outcome outcome,
            Instant since,
            int offset,
            int limit) {
        var ledger = new Ledger(projectId, automationId, outcome, since);
        if (!row.flag(LedgerCounts.COUNTED)) {
            long count = table.ranges().count(ledger.range(END));
            return new Listed(count, page(ledger, END, offset, limit), AutomationItem.read(row));
        }
        var counts = LedgerCounts.of(row, outcome).tailMap(LedgerCounts.weekOf(since), true);
        var first = counts.firstEntry();
        if (first != null && first.getKey().isBefore(since)) {
            var end = LedgerCounts.end(first.getKey()).minusSeconds(1);
            counts.put(first.getKey(), table.ranges().count(ledger.range(end)));
        }
        long count = counts.values().stream().mapToLong(Long::longValue).sum();
        return new Listed(count, page(ledger, counts, offset, limit), AutomationItem.read(row));
    }

    /// All occurrences between two minutes, both included, newest first.
    ///
    /// @param automationId null: of all automations of the project
    List<Occurrence> between(
            long projectId, @Nullable UUID automationId, Instant from, Instant to) {
        return table.ranges().all(range(projectId, automationId, null, from, to)).stream()
                .map(OccurrenceItem::read)
                .toList();
    }

    /// One page of those between two minutes, and how many there are.
    Listed in(
            long projectId,
            @Nullable UUID automationId,
            @Nullable Outcome outcome,
            Instant from,
            Instant to,
            int offset,
            int limit) {
        var page =
                table.ranges()
                        .page(range(projectId, automationId, outcome, from, to), offset, limit);
        return new Listed(page.count(), page.keys().stream().map(OccurrenceItem::read).toList());
    }

    private static Range range(
            long projectId,
            @Nullable UUID automationId,
            @Nullable Outcome outcome,
            Instant from,
            Instant to) {
        var range =
                automationId == null
                        ? Range.inProject(
                                OccurrenceItem.projectList(projectId),
                                OccurrenceItem.minute(ceiling(from)),
                                OccurrenceItem.minute(to) + "~")
                        : Range.of(
                                OccurrenceItem.partition(projectId, automationId),
                                OccurrenceItem.minute(ceiling(from)),
                                OccurrenceItem.minute(to));
        return range.only(OccurrenceItem.OUTCOME, outcome == null ? null : outcome.text());
    }

    /// The automation's occurrences with an outcome, from a minute on.
    private record Ledger(
            long projectId, UUID automationId, @Nullable Outcome outcome, Instant since) {

        Range range(Instant until) {
            var partition = OccurrenceItem.partition(projectId, automationId);
            var from = OccurrenceItem.minute(ceiling(since));
            var to = OccurrenceItem.minute(until);
            if (outcome == null || !OccurrenceItem.isListed(outcome)) {
                return Range.of(partition, from, to)
                        .only(OccurrenceItem.OUTCOME, outcome == null ? null : outcome.text());
            }
            var prefix = OccurrenceItem.listed(outcome);
            return Range.listed(partition, prefix + from, prefix + to);
        }

        boolean isOfKeys() {
            return outcome != null && OccurrenceItem.isListed(outcome);
        }
    }

    /// Begins in the week in which the page begins, and skips what is newer in it.
    private List<Occurrence> page(
            Ledger ledger, NavigableMap<Instant, Long> counts, int offset, int limit) {
        long left = offset;
        for (var week : counts.descendingMap().entrySet()) {
            if (left < week.getValue()) {
                var end = LedgerCounts.end(week.getKey()).minusSeconds(1);
                return page(ledger, end, (int) left, limit);
            }
            left -= week.getValue();
        }
        return List.of();
    }

    private List<Occurrence> page(Ledger ledger, Instant until, int offset, int limit) {
        var items = table.ranges().slice(ledger.range(until), offset, limit);
        var whole = ledger.isOfKeys() ? table.getAll(items) : items;
        return whole.stream().map(OccurrenceItem::read).toList();
    }

    private static Instant ceiling(Instant time) {
        var minute = time.truncatedTo(ChronoUnit.MINUTES);
        return minute.equals(time) ? minute : minute.plusSeconds(60);
    }
}
