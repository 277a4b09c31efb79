package nightshift.dynamo;

import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The ledger of occurrences in the table.
public final class DynamoOccurrences implements Occurrences {
    private static final Comparator<Item> NEWEST_FIRST =
            Comparator.comparing(OccurrenceItem::scheduledAt).reversed();

    private final Table table;

    public DynamoOccurrences(Table table) {
        this.table = table;
    }

    @Override
    public Recorded start(TaskAutomation automation, TaskRun run, Occurrence occurrence) {
        var last =
                RunStart.lastOfAutomation(table, automation, run)
                        .ifStill(AutomationItem.EDITION, (Long) automation.edition());
        return recorded(
                occurrence,
                () ->
                        RunStart.write(
                                table,
                                run,
                                table.putNew(OccurrenceItem.write(occurrence)),
                                last.inTransaction()));
    }

    @Override
    public Recorded record(Occurrence occurrence, @Nullable TaskAutomation automation) {
        var key = AutomationItem.key(occurrence.projectId(), occurrence.automationId());
        return recorded(
                occurrence,
                () ->
                        table.write(
                                table.putNew(OccurrenceItem.write(occurrence)),
                                automation == null
                                        ? table.checkAbsent(key)
                                        : table.checkStill(
                                                key,
                                                AutomationItem.EDITION,
                                                automation.edition())));
    }

    @Override
    public Optional<Listed> of(
            long projectId, UUID automationId, @Nullable Outcome outcome, int offset, int limit) {
        var partition = OccurrenceItem.partition(projectId, automationId);
        var prefix = outcome == null ? "" : OccurrenceItem.listed(outcome);
        var keys = table.listed(partition, prefix, false);
        var automation = AutomationItem.key(projectId, automationId);
        var wanted = new ArrayList<>(List.of(automation)); // in the same request as the page
        keys.stream().sorted(NEWEST_FIRST).skip(offset).limit(limit).forEach(wanted::add);
        var found = table.getAll(wanted);
        if (found.isEmpty() || !found.getFirst().key().equals(automation.key())) {
            return Optional.empty();
        }
        var page = found.stream().skip(1).map(OccurrenceItem::read).toList();
        return Optional.of(new Listed(keys.size(), page));
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
