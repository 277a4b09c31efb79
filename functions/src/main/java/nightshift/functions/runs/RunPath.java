package nightshift.functions.runs;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

/// Finds the run that a path names, and the words for it if there is none.
public final class RunPath {
    private RunPath() {}

    /// The run that the path names.
    public static RunKey key(Call call) {
        return new RunKey(call.projectId(), call.taskId(), call.id());
    }

    /// The run that the path names, as the gatekeeper has read it or else read now.
    ///
    /// @throws ApiException 404 if there is none
    public static TaskRun run(Call call, TaskRuns runs, Tasks tasks) {
        var key = key(call);
        return call.subject(TaskRun.class)
                .filter(run -> run.key().equals(key))
                .or(() -> runs.find(key))
                .orElseThrow(() -> missing(key, tasks));
    }

    /// Says whether it is the run or already its task that does not exist.
    static ApiException missing(RunKey run, Tasks tasks) {
        return tasks.find(run.projectId(), run.taskId()).isPresent()
                ? ApiException.notFound()
                : ApiException.notFound("Task not found");
    }
}
