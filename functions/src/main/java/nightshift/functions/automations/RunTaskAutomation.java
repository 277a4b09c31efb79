package nightshift.functions.automations;

import nightshift.api.ApiError;
import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Idempotency;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.NewRun;
import nightshift.log.Log;
import nightshift.run.Ids;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;

import java.time.Clock;

/// `POST .../task_automations/{id}/run/`: starts a run now, whatever the schedule says. The body is
/// ignored. The automation's policy decides about a run that goes on.
public final class RunTaskAutomation extends Endpoint {
    private final TaskAutomations automations;
    private final TaskRuns runs;
    private final Clock clock;

    /// The function as Lambda makes it.
    public RunTaskAutomation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RunTaskAutomation(Wiring wiring) {
        super(
                wiring.gatekeeper(),
                Scope.TASK_WRITE,
                new Idempotency(wiring.keyUses(), wiring.clock()));
        this.automations = wiring.automations();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var started =
                automations.start(
                        call.projectId(),
                        call.id(),
                        automation -> {
                            var now = call.time(clock);
                            var run =
                                    NewRun.of(automation, null, call.caller(), now)
                                            .withId(Ids.timeOrdered(now, call.random("run")));
                            refuseOverlap(automation, run);
                            return run;
                        });
        var automation = started.orElseThrow(ApiException::notFound);
        if (automation.lastRun() != null) {
            Log.with("run", automation.lastRun().id());
        }
        return AutomationJson.reply(200, automation);
    }

    /// A repeated call whose run is there already is not refused.
    private void refuseOverlap(TaskAutomation automation, TaskRun run) {
        if (automation.policy().overlap() == Overlap.SKIP
                && automation.isRunning()
                && runs.find(run.key()).isEmpty()) {
            throw new ApiException(new ApiError.RunInProgress());
        }
    }
}
