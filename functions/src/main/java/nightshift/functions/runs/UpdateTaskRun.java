package nightshift.functions.runs;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Clock;
import java.util.function.UnaryOperator;

/// `PATCH .../runs/{id}/`: how the worker says where it stands. Output and state are merged, not
/// replaced. A worker's key may change less than a project's.
public final class UpdateTaskRun extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public UpdateTaskRun() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public UpdateTaskRun(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var change = change(call);
        var key = RunPath.key(call);
        var updated = runs.update(key, change);
        return Reply.ok(links.write(updated.orElseThrow(() -> RunPath.missing(key, tasks)), call));
    }

    private UnaryOperator<TaskRun> change(Call call) {
        var body = call.body();
        var worker = WorkerGatekeeper.key(call);
        if (worker.isPresent()) {
            var patch = WorkerPatch.read(worker.get(), body);
            return run -> patch.apply(run, clock.instant());
        }
        var patch = RunJson.patch(body);
        return run -> patch.apply(run, clock.instant());
    }
}
