package nightshift.functions.tasks;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunLinks;
import nightshift.functions.runs.TaskReplies;
import nightshift.functions.runs.WorkerGatekeeper;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

/// `GET .../tasks/{task_id}/`: one task with its latest run.
public final class RetrieveTask extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public RetrieveTask() {
        this(AwsWiring.fromEnvironment());
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
        var task =
                tasks.find(call.projectId(), call.ownTaskId())
                        .filter(found -> !found.deleted())
                        .orElseThrow(ApiException::notFound);
        return Reply.ok(TaskJson.write(task, TaskReplies.latestRun(task, runs, links, call)));
    }
}
