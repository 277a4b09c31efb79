package nightshift.functions.runs;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Clock;

/// `POST .../runs/{id}/heartbeat/`: a worker that has nothing to log is alive all the same. It
/// learns from the answer that its run was cancelled: its key is invalid then.
public final class HeartbeatTaskRun extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public HeartbeatTaskRun() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public HeartbeatTaskRun(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var run = RunPath.run(call, runs, tasks);
        if (!run.status().terminal()) {
            runs.touch(run, clock.instant());
        }
        return Reply.ok(links.write(run, call));
    }
}
