package nightshift.dynamo;

import nightshift.automation.LastRun;
import nightshift.automation.TaskAutomation;
import nightshift.run.TaskRun;

import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.util.List;

/// The writes that start a run. Ids sort by time, so a task's latest run and an automation's last
/// run only ever move on: a start that lost the race is refused and made again with a later id.
final class RunStart {
    private RunStart() {}

    static TransactWriteItem keep(Table table, TaskRun run) {
        return table.putNew(RunItem.write(run));
    }

    static TransactWriteItem latestOfTask(Table table, TaskRun run) {
        return table.change(TaskItem.key(run.key().projectId(), run.key().taskId()))
                .set(TaskItem.LATEST_RUN, run.id())
                .ifPresent()
                .ifBefore(TaskItem.LATEST_RUN, run.id().toString())
                .inTransaction();
    }

    static Change lastOfAutomation(Table table, TaskAutomation automation, LastRun last) {
        return table.change(AutomationItem.key(automation.projectId(), automation.id()))
                .set("last_run_id", last.id())
                .set("last_run_at", last.at())
                .set("last_run_status", last.status().text())
                .remove("last_error")
                .set("updated_at", last.at())
                .ifPresent()
                .ifBefore("last_run_id", last.id().toString());
    }

    static List<TransactWriteItem> byHand(Table table, TaskAutomation automation, TaskRun run) {
        return List.of(
                lastOfAutomation(table, automation, last(run)).inTransaction(),
                latestOfTask(table, run),
                keep(table, run));
    }

    static LastRun last(TaskRun run) {
        return new LastRun(run.id(), run.createdAt(), run.status());
    }
}
