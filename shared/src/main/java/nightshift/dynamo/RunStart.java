package nightshift.dynamo;

import nightshift.automation.LastRun;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.TaskAutomation;
import nightshift.run.RunKey;
import nightshift.run.RunStreak;
import nightshift.run.TaskRun;

import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.util.ArrayList;
import java.util.List;

/// The writes that start a run.
final class RunStart {
    private RunStart() {}

    /// Adds a new run in one transaction with the other writes. It becomes its task's latest run
    /// unless that one has a greater id: clocks differ, and the greatest id is the latest run.
    static Table.Written write(Table table, TaskRun run, List<TransactWriteItem> others) {
        var task = TaskItem.key(run.key().projectId(), run.key().taskId());
        var writes = new ArrayList<>(others);
        writes.add(table.putNew(RunItem.write(run)));
        writes.add(
                table.change(task)
                        .set(TaskItem.LATEST_RUN, run.id())
                        .count(TaskItem.RUNS)
                        .ifPresent()
                        .ifBefore(TaskItem.LATEST_RUN, run.id().toString())
                        .inTransaction());
        var written = table.write(writes);
        if (!written.refused().equals(List.of(writes.size() - 1))) {
            return written;
        }
        writes.set(
                writes.size() - 1,
                table.change(task).count(TaskItem.RUNS).ifPresent().inTransaction());
        return table.write(writes);
    }

    /// Whether the run of a refused [#write] with so many other writes is there already.
    static boolean wasThere(Table.Written written, int others) {
        return written.refused(others);
    }

    /// Sets the automation's last run, if that is still the one that was read. A run that another
    /// writer started meanwhile is not overwritten. Where runs must not overlap, the last run must
    /// not have moved on either. A retry to come is dropped.
    ///
    /// @param to the automation with the outcomes that this start changes
    static Change lastOfAutomation(
            Table table, TaskAutomation automation, TaskAutomation to, TaskRun run) {
        var last = last(run);
        var change =
                table.change(AutomationItem.key(automation.projectId(), automation.id()))
                        .set("last_run_id", last.id())
                        .set("last_run_at", last.at())
                        .set("last_run_status", last.status().text())
                        .remove("last_error")
                        .set("updated_at", last.at());
        AutomationItem.setRetry(RecentItem.change(change, automation, to), null);
        AutomationItem.ifStill(change, automation);
        return automation.policy().overlap() == Overlap.ALLOW
                ? change
                : AutomationItem.ifStillRanSo(change, automation);
    }

    /// A run that the next one replaces.
    ///
    /// @param automation with the outcome of the run's occurrence
    record Previous(TaskAutomation automation, List<TransactWriteItem> writes) {}

    /// Cancels the automation's last run, if the policy says so and the run has not ended; its
    /// occurrence shows it. A start that is repeated does not cancel what it has started.
    static Previous cancelPrevious(Table table, TaskAutomation automation, TaskRun next) {
        var writes = new ArrayList<TransactWriteItem>();
        var last = automation.lastRun();
        if (last == null
                || last.status().terminal()
                || last.id().equals(next.id())
                || automation.policy().overlap() != Overlap.CANCEL_PREVIOUS) {
            return new Previous(automation, writes);
        }
        var key = RunItem.key(new RunKey(automation.projectId(), automation.taskId(), last.id()));
        var item = table.get(key);
        var previous = item.map(found -> RunItem.read(found, List.of()));
        if (item.isEmpty() || previous.get().status().terminal()) {
            return new Previous(automation, writes);
        }
        var state = automation.state();
        var cancelled =
                previous.get()
                        .replaced(next.times().created())
                        .with(RunStreak.unchanged(state.earlierFailures(), state.failuresInARow()));
        writes.add(
                RunItem.edit(table, cancelled)
                        .add(RunItem.VERSION, 1)
                        .ifStill(RunItem.VERSION, item.get().numberOrNull(RunItem.VERSION))
                        .inTransaction());
        var occurrence =
                OccurrenceItem.key(cancelled)
                        .flatMap(table::get)
                        .filter(found -> OccurrenceItem.shows(found, cancelled));
        if (occurrence.isEmpty()) {
            return new Previous(automation, writes);
        }
        var shown = table.change(Item.of(occurrence.get().key()));
        writes.add(OccurrenceItem.follow(shown, cancelled).inTransaction());
        var minute = OccurrenceItem.scheduledAt(occurrence.get());
        return new Previous(automation.showing(minute, cancelled.status()), writes);
    }

    static LastRun last(TaskRun run) {
        return new LastRun(run.id(), run.times().created(), run.status());
    }
}
