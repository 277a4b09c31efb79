package nightshift.functions.tasks;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunLinks;
import nightshift.functions.runs.TaskReplies;
import nightshift.functions.runs.WorkerGatekeeper;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

/// `GET .../tasks/{task_id}/`: one task with its latest run. A worker's key sees no other run than
/// its own, and its task also after that was deleted.
public final class RetrieveTask extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public RetrieveTask() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveTask(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var worker = WorkerGatekeeper.run(call);
        var task =
                tasks.find(call.projectId(), call.ownTaskId())
                        .filter(found -> worker.isPresent() || !found.deleted())
                        .orElseThrow(ApiException::notFound);
        boolean ofAnother =
                worker.filter(run -> !run.runId().equals(task.latestRunId())).isPresent();
        var latest = ofAnother ? null : TaskReplies.latestRun(task, runs, links, call);
        return Reply.ok(TaskJson.write(task, latest));
    }
}
