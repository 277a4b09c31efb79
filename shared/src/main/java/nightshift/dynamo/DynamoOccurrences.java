package nightshift.dynamo;

import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// The ledger of occurrences in the table.
public final class DynamoOccurrences implements Occurrences {
    private final Table table;

    public DynamoOccurrences(Table table) {
        this.table = table;
    }

    @Override
    public Recorded start(TaskAutomation automation, TaskRun run, Occurrence occurrence) {
        var last =
                RunStart.lastOfAutomation(table, automation, RunStart.last(run))
                        .ifStill("edition", (Long) automation.edition());
        var written =
                table.write(
                        table.putNew(OccurrenceItem.write(occurrence)),
                        last.inTransaction(),
                        RunStart.latestOfTask(table, run),
                        RunStart.keep(table, run));
        return after(written, occurrence);
    }

    @Override
    public Recorded record(Occurrence occurrence, @Nullable TaskAutomation automation) {
        var key = AutomationItem.key(occurrence.projectId(), occurrence.automationId());
        var written =
                table.write(
                        table.putNew(OccurrenceItem.write(occurrence)),
                        automation == null
                                ? table.checkAbsent(key)
                                : table.checkStill(key, "edition", automation.edition()));
        return after(written, occurrence);
    }

    @Override
    public Listed of(
            long projectId, UUID automationId, @Nullable Outcome outcome, int offset, int limit) {
        var partition = OccurrenceItem.partition(projectId, automationId);
        if (outcome == null) {
            var all = table.newestFirst(partition);
            return new Listed(all.size(), read(all.stream().skip(offset).limit(limit).toList()));
        }
        var keys = table.listed(partition, OccurrenceItem.listed(outcome), false);
        return new Listed(
                keys.size(), read(table.getAll(keys.stream().skip(offset).limit(limit).toList())));
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

    private Recorded after(Table.Written written, Occurrence occurrence) {
        if (written.done()) {
            return Recorded.NOW;
        }
        if (!written.refused(0) && table.get(OccurrenceItem.key(occurrence)).isEmpty()) {
            return Recorded.OUTDATED;
        }
        table.write(
                table.change(OccurrenceItem.key(occurrence))
                        .add(OccurrenceItem.DELIVERIES, occurrence.deliveries())
                        .ifPresent());
        return Recorded.BEFORE;
    }

    private static List<Occurrence> read(List<Item> items) {
        return items.stream()
                .map(OccurrenceItem::read)
                .sorted(Comparator.comparing(Occurrence::scheduledAt).reversed())
                .toList();
    }
}
