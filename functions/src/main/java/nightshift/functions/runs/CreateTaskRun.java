package nightshift.functions.runs;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Idempotency;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.run.Ids;
import nightshift.run.RunEnvironment;
import nightshift.run.TaskRuns;

import java.time.Clock;
import java.util.List;

/// `POST .../tasks/{task_id}/runs/`: keeps a new run of a task for a client that does the work
/// itself. It is offered to no worker, whatever its environment.
public final class CreateTaskRun extends Endpoint {
    public static final List<String> MODES = List.of("background", "interactive");

    private final TaskRuns runs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public CreateTaskRun() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CreateTaskRun(Wiring wiring) {
        super(
                wiring.gatekeeper(),
                Scope.TASK_WRITE,
                new Idempotency(wiring.keyUses(), wiring.clock()));
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var body = call.body();
        var environment = body.choice("environment", List.of("local", "cloud"), "local");
        var mode = body.choice("mode", MODES, "background");
        var branch = body.text("branch", RunJson.BRANCH, null);
        var taskId = call.taskId();
        var where = "cloud".equals(environment) ? RunEnvironment.CLOUD : RunEnvironment.LOCAL;
        var run =
                runs.add(() -> {
                    var now = call.time(clock);
                    return NewRun.of(
                                    call.projectId(),
                                    taskId,
                                    where,
                                    branch,
                                    Json.object().put("mode", mode),
                                    call.caller(),
                                    now)
                            .withId(Ids.timeOrdered(now, call.random("run")))
                            .forItsClient();
                });
        return Reply.created(
                links.write(run.orElseThrow(() -> ApiException.notFound("Task not found")), call));
    }
}
