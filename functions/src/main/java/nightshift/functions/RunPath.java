package nightshift.functions;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.run.RunKey;
import nightshift.task.Tasks;

/// Finds the run that a path names, and the words for it if there is none.
final class RunPath {
    private RunPath() {}

    /// The run that the path names.
    static RunKey key(Call call) {
        return new RunKey(call.projectId(), call.taskId(), call.id());
    }

    /// Says whether it is the run or already its task that does not exist.
    static ApiException missing(RunKey run, Tasks tasks) {
        return tasks.find(run.projectId(), run.taskId()).isPresent()
                ? ApiException.notFound()
                : ApiException.notFound("Task not found");
    }
}
