package nightshift.functions.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Call;
import nightshift.run.RunKey;
import nightshift.run.TaskRuns;
import nightshift.task.Task;

import org.jspecify.annotations.Nullable;

/// Tasks on the wire together with their latest runs.
public final class TaskReplies {
    private TaskReplies() {}

    public static @Nullable ObjectNode latestRun(
            Task task, TaskRuns runs, RunLinks links, Call call) {
        var latest = task.latestRunId();
        return latest == null
                ? null
                : runs.find(new RunKey(task.projectId(), task.id(), latest))
                        .map(run -> links.write(run, call))
                        .orElse(null);
    }
}
