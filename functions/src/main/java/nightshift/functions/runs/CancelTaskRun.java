package nightshift.functions.runs;

import nightshift.api.ApiError;
import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Clock;

/// `POST .../runs/{id}/cancel/`: ends a run that is not over. Its worker's key is invalid from then
/// on, which stops the worker; what it had logged stays.
public final class CancelTaskRun extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public CancelTaskRun() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CancelTaskRun(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var key = RunPath.key(call);
        var run = runs.update(key, this::cancelled);
        return Reply.ok(links.write(run.orElseThrow(() -> RunPath.missing(key, tasks)), call));
    }

    private TaskRun cancelled(TaskRun run) {
        if (run.status() == RunStatus.CANCELLED) {
            return run;
        }
        if (run.status().terminal()) {
            throw new ApiException(
                    new ApiError.Conflict("The run is over: it is " + run.status().text() + "."));
        }
        return run.with(RunStatus.CANCELLED, clock.instant()).withErrorMessage("Cancelled.");
    }
}
