package nightshift.functions.tasks;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Idempotency;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.run.Ids;
import nightshift.task.Task;
import nightshift.task.Tasks;

import java.time.Clock;

/// `POST .../tasks/`: keeps a new task. Nothing is started.
public final class CreateTask extends Endpoint {
    private final Tasks tasks;
    private final Clock clock;

    /// The function as Lambda makes it.
    public CreateTask() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CreateTask(Wiring wiring) {
        super(
                wiring.gatekeeper(),
                Scope.TASK_WRITE,
                new Idempotency(wiring.keyUses(), wiring.clock()));
        this.tasks = wiring.tasks();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var body = call.body();
        var spec = TaskJson.createSpec(body, call.project().githubIntegrations());
        var now = call.time(clock);
        var task =
                tasks.add(
                        Task.create(
                                Ids.timeOrdered(now, call.random("task")),
                                call.projectId(),
                                spec,
                                body.has("title"),
                                TaskJson.person(call.owner()),
                                now));
        return Reply.created(TaskJson.write(task, null));
    }
}
