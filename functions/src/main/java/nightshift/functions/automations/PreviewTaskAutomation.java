package nightshift.functions.automations;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.IanaZone;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

import java.time.Clock;

/// `POST .../task_automations/preview/`: what an expression means, before anything is created.
public final class PreviewTaskAutomation extends Endpoint {
    private final TaskAutomations automations;
    private final Clock clock;

    /// The function as Lambda makes it.
    public PreviewTaskAutomation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public PreviewTaskAutomation(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var body = call.body();
        var cron = AutomationJson.explainedCron(body);
        var zone = body.has("timezone") ? AutomationJson.timezone(body) : IanaZone.utc();
        var now = clock.instant();
        var preview = PreviewJson.write(cron, zone, now);
        PreviewJson.warnIfCrowded(preview, cron, zone, now, automations.all(call.projectId()));
        return Reply.ok(preview);
    }
}
