package nightshift.functions.automations;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Idempotency;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.tasks.TaskJson;
import nightshift.run.Ids;
import nightshift.task.Task;
import nightshift.task.TaskSpec;

import java.time.Clock;

/// `POST .../task_automations/`: keeps a new automation and its task. The schedule follows from the
/// row.
public final class CreateTaskAutomation extends Endpoint {
    private final TaskAutomations automations;
    private final Clock clock;

    /// The function as Lambda makes it.
    public CreateTaskAutomation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CreateTaskAutomation(Wiring wiring) {
        super(
                wiring.gatekeeper(),
                Scope.TASK_WRITE,
                new Idempotency(wiring.keyUses(), wiring.clock()));
        this.automations = wiring.automations();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var spec = AutomationJson.createSpec(call.body(), call.project().githubIntegrations());
        var now = call.time(clock);
        var automation =
                TaskAutomation.create(
                        Ids.timeOrdered(now, call.random("automation")),
                        call.projectId(),
                        Ids.timeOrdered(now, call.random("task")),
                        spec,
                        call.project().policy(),
                        now);
        if (!automations.add(automation, task(automation, call))) {
            throw ApiException.invalid(
                    "limit_reached",
                    "This project has as many automations as it may have; delete one first.",
                    null);
        }
        return AutomationJson.reply(201, automation);
    }

    private static Task task(TaskAutomation automation, Call call) {
        var spec = automation.spec();
        var words =
                TaskSpec.of(spec.name(), spec.prompt(), "automation")
                        .worded(
                                spec.name(),
                                spec.prompt(),
                                spec.repository(),
                                spec.githubIntegration());
        return Task.create(
                        automation.taskId(),
                        automation.projectId(),
                        words,
                        false,
                        TaskJson.person(call.owner()),
                        automation.createdAt())
                .ofAutomation(automation.id());
    }
}
