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
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Clock;

/// `PATCH .../tasks/{task_id}/`: changes a task's wording, and that of the automation that repeats
/// it.
public final class UpdateTask extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public UpdateTask() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public UpdateTask(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var body = call.body();
        var id = call.ownTaskId();
        var integrations = call.project().githubIntegrations();
        var updated =
                tasks.update(
                        call.projectId(),
                        id,
                        task ->
                                task.with(
                                        TaskJson.patchSpec(task.spec(), body, integrations),
                                        body.has("title"),
                                        clock.instant()));
        var task = updated.orElseThrow(ApiException::notFound);
        return Reply.ok(TaskJson.write(task, TaskReplies.latestRun(task, runs, links, call)));
    }
}
