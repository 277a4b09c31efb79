package nightshift.functions.runs;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.run.PresignedUrl;
import nightshift.run.RunLogs;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.util.Optional;

/// `GET .../runs/{id}/`: one run.
public final class RetrieveTaskRun extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLogs logs;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public RetrieveTaskRun() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveTaskRun(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.logs = wiring.logs();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var key = RunPath.key(call);
        var run = RunPath.run(call, runs, tasks);
        // A log that goes on is seldom one object.
        var object =
                run.status().terminal()
                        ? logs.link(key, RunLinks.LIFE)
                        : Optional.<PresignedUrl>empty();
        return Reply.ok(links.write(run, call, object));
    }
}
