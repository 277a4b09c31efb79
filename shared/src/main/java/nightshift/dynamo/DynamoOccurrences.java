package nightshift.dynamo;

import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The ledger of occurrences in the table.
public final class DynamoOccurrences implements Occurrences {
    private final Table table;
    private final OccurrenceLists lists;

    public DynamoOccurrences(Table table) {
        this.table = table;
        this.lists = new OccurrenceLists(table);
    }

    @Override
    public Recorded start(TaskAutomation automation, TaskRun run, Occurrence occurrence) {
        return recorded(
                occurrence,
                () -> {
                    var previous = RunStart.cancelPrevious(table, automation, run);
                    var writes = previous.writes();
                    writes.add(added(occurrence));
                    var after = previous.automation().recorded(occurrence);
                    var last = RunStart.lastOfAutomation(table, automation, after, run);
                    LedgerCounts.count(last, occurrence, kept());
                    writes.add(last.inTransaction());
                    return RunStart.write(table, run, writes);
                });
    }

    @Override
    public Recorded retry(TaskAutomation automation, TaskRun run) {
        var retry = Objects.requireNonNull(automation.retry());
        var last =
                AutomationItem.ifStillRanSo(
                        RunStart.lastOfAutomation(
                                        table,
                                        automation,
                                        automation.showing(retry.scheduledAt(), run.status()),
                                        run)
                                .ifStill(AutomationItem.RETRY, retry.runId().toString()),
                        automation);
        var key = OccurrenceItem.key(automation.projectId(), automation.id(), retry.scheduledAt());
        var shown =
                OccurrenceItem.retry(table.change(key), retry.runId(), run.id(), retry.attempt());
        return table.retryConflicts(() -> {
            var written =
                    RunStart.write(
                            table, run, List.of(shown.inTransaction(), last.inTransaction()));
            if (written.done()) {
                return Recorded.NOW;
            }
            if (written.refused(0)) {
                return Recorded.BEFORE; // the occurrence shows another run
            }
            return written.conflicted() ? null : Recorded.OUTDATED;
        });
    }

    @Override
    public Recorded record(Occurrence occurrence, @Nullable TaskAutomation automation) {
        return recorded(
                occurrence,
                () -> table.write(added(occurrence), unchanged(occurrence, automation)));
    }

    private TransactWriteItem added(Occurrence occurrence) {
        return table.putNew(OccurrenceItem.write(occurrence, table.lifetimes().occurrences()));
    }

    /// The automation is what the outcome was decided on, and counts the occurrence.
    private TransactWriteItem unchanged(
            Occurrence occurrence, @Nullable TaskAutomation automation) {
        var key = AutomationItem.key(occurrence.projectId(), occurrence.automationId());
        if (automation == null) {
            return table.checkAbsent(key);
        }
        var row = LedgerCounts.count(table.change(key), occurrence, kept());
        table.get(key)
                .map(AutomationItem::read) // many are recorded on what was read once
                .ifPresent(now -> RecentItem.change(row, now, now.recorded(occurrence)));
        return occurrence.outcome() == Outcome.OVERLAP_SKIPPED
                ? AutomationItem.ifStillRanSo(AutomationItem.ifStill(row, automation), automation)
                        .inTransaction()
                : row.ifStill(AutomationItem.EDITION, (Long) automation.edition()).inTransaction();
    }

    @Override
    public Duration kept() {
        return table.lifetimes().occurrences();
    }

    @Override
    public Optional<Listed> of(
            long projectId,
            UUID automationId,
            @Nullable Outcome outcome,
            Instant since,
            int offset,
            int limit) {
        return table.get(AutomationItem.key(projectId, automationId))
                .map(row -> lists.of(row, projectId, automationId, outcome, since, offset, limit));
    }

    @Override
    public List<Occurrence> between(
            long projectId, @Nullable UUID automationId, Instant from, Instant to) {
        return lists.between(projectId, automationId, from, to);
    }

    @Override
    public List<Occurrence> newest(TaskAutomation automation) {
        return automation.recent().of(automation);
    }

    @Override
    public Listed in(
            long projectId,
            @Nullable UUID automationId,
            @Nullable Outcome outcome,
            Instant from,
            Instant to,
            int offset,
            int limit) {
        return lists.in(projectId, automationId, outcome, from, to, offset, limit);
    }

    @Override
    public List<Instant> recorded(long projectId, UUID automationId, Instant from, Instant to) {
        return table
                .between(
                        OccurrenceItem.partition(projectId, automationId),
                        OccurrenceItem.minute(from),
                        OccurrenceItem.minute(to))
                .stream()
                .map(OccurrenceItem::scheduledAt)
                .filter(minute -> minute.isBefore(to))
                .toList();
    }

    private Recorded recorded(Occurrence occurrence, Supplier<Table.Written> write) {
        return table.retryConflicts(() -> {
            var written = write.get();
            if (written.done()) {
                return Recorded.NOW;
            }
            if (counted(occurrence)) {
                return Recorded.BEFORE;
            }
            return written.conflicted() ? null : Recorded.OUTDATED;
        });
    }

    /// Counts another delivery. Answers whether the occurrence is recorded.
    private boolean counted(Occurrence occurrence) {
        return table.write(
                table.change(OccurrenceItem.key(occurrence))
                        .add(OccurrenceItem.DELIVERIES, occurrence.deliveries())
                        .ifPresent());
    }
}
