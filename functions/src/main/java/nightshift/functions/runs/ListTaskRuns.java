package nightshift.functions.runs;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

/// `GET .../tasks/{task_id}/runs/`: the task's runs, newest first.
public final class ListTaskRuns extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public ListTaskRuns() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListTaskRuns(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 50, 100);
        var listed = runs.of(call.projectId(), call.taskId(), page.offset(), page.limit());
        if (listed.count() == 0 && tasks.find(call.projectId(), call.taskId()).isEmpty()) {
            throw ApiException.notFound("Task not found");
        }
        return page.reply(
                listed.count(), listed.runs().stream().map(run -> links.write(run, call)).toList());
    }
}
