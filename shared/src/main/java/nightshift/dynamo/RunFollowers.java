package nightshift.dynamo;

import nightshift.automation.RunEffect;
import nightshift.automation.TaskAutomation;
import nightshift.json.Json;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What is written together with a changed run: to the automation that started it, and to the
/// occurrence that it belongs to.
///
/// @param run the changed run, with what its end did to the automation
record RunFollowers(TaskRun run, List<TransactWriteItem> writes) {
    static RunFollowers of(Table table, TaskRun from, TaskRun to) {
        boolean moved = from.status() != to.status();
        var automationId = to.automationId();
        if (automationId == null || (!moved && !to.status().failed())) {
            return new RunFollowers(to, List.of());
        }
        var row = AutomationItem.key(to.key().projectId(), automationId);
        boolean shown = from.status().terminal() || to.status().terminal();
        var keys = new ArrayList<>(List.of(row));
        if (moved && shown) {
            OccurrenceItem.key(to).ifPresent(keys::add);
        }
        TaskAutomation automation = null;
        Instant occurred = null;
        var writes = new ArrayList<TransactWriteItem>();
        for (var item : keys.size() == 1 ? table.get(row).stream().toList() : table.getAll(keys)) {
            if (item.key().equals(row.key())) {
                automation = AutomationItem.read(item);
            } else if (OccurrenceItem.shows(item, to)) {
                var occurrence = table.change(Item.of(item.key()));
                writes.add(OccurrenceItem.follow(occurrence, to).inTransaction());
                occurred = OccurrenceItem.scheduledAt(item);
            }
        }
        return followed(table, automation, occurred, from, to, writes);
    }

    /// What is written when the retry of a failed run is not to come any more: the failure counts,
    /// unless another run of the occurrence has been started.
    static RunFollowers ofDroppedRetry(Table table, TaskRun run, Instant now) {
        var nothing = new RunFollowers(run, List.of());
        var automationId = run.automationId();
        var occurrence = OccurrenceItem.key(run);
        if (automationId == null || occurrence.isEmpty()) {
            return nothing;
        }
        var row = AutomationItem.key(run.key().projectId(), automationId);
        TaskAutomation automation = null;
        boolean latest = false;
        for (var item : table.getAll(List.of(row, occurrence.get()))) {
            if (item.key().equals(row.key())) {
                automation = AutomationItem.read(item);
            } else {
                latest = OccurrenceItem.shows(item, run);
            }
        }
        if (automation == null || !latest) {
            return nothing;
        }
        var effect = RunEffect.ofDroppedRetry(automation, run, now);
        if (effect.isEmpty()) {
            return nothing;
        }
        var after = effect.get();
        var follow = AutomationItem.follow(table.change(row), automation, after.automation());
        return new RunFollowers(after.run(), List.of(follow.inTransaction()));
    }

    private static RunFollowers followed(
            Table table,
            @Nullable TaskAutomation automation,
            @Nullable Instant occurred,
            TaskRun from,
            TaskRun to,
            List<TransactWriteItem> writes) {
        if (automation == null) {
            return new RunFollowers(to, writes);
        }
        var effect = RunEffect.of(automation, from, to, isTemporary(to));
        var changed = effect.automation();
        var after = occurred == null ? changed : changed.showing(occurred, to.status());
        if (!after.equals(automation)) {
            var row = table.change(AutomationItem.key(after.projectId(), after.id()));
            writes.add(AutomationItem.follow(row, automation, after).inTransaction());
        }
        return new RunFollowers(effect.run(), writes);
    }

    /// Whether the state of a failed run of an occurrence says so.
    private static boolean isTemporary(TaskRun run) {
        return run.occurrence() != null
                && run.status() == RunStatus.FAILED
                && Json.stored(run.report().state()).path("transient").asBoolean();
    }
}
