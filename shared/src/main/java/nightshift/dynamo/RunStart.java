package nightshift.dynamo;

import nightshift.automation.LastRun;
import nightshift.automation.TaskAutomation;
import nightshift.run.TaskRun;

import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.util.ArrayList;
import java.util.List;

/// The writes that start a run.
final class RunStart {
    private RunStart() {}

    /// Adds a new run in one transaction with the other writes. It becomes its task's latest run
    /// unless that one has a greater id: clocks differ, and the greatest id is the latest run.
    static Table.Written write(Table table, TaskRun run, TransactWriteItem... others) {
        var task = TaskItem.key(run.key().projectId(), run.key().taskId());
        var writes = new ArrayList<>(List.of(others));
        var kept = table.lifetimes().runs();
        var expiry = kept == null ? null : (Long) run.times().created().plus(kept).getEpochSecond();
        writes.add(table.putNew(RunItem.write(run).put(Item.EXPIRES_AT, expiry)));
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
    /// writer started meanwhile is not overwritten.
    static Change lastOfAutomation(Table table, TaskAutomation automation, TaskRun run) {
        var before = automation.lastRun();
        var last = last(run);
        return table.change(AutomationItem.key(automation.projectId(), automation.id()))
                .set("last_run_id", last.id())
                .set("last_run_at", last.at())
                .set("last_run_status", last.status().text())
                .remove("last_error")
                .set("updated_at", last.at())
                .ifPresent()
                .ifStill("last_run_id", before == null ? null : before.id().toString());
    }

    static LastRun last(TaskRun run) {
        return new LastRun(run.id(), run.times().created(), run.status());
    }
}
