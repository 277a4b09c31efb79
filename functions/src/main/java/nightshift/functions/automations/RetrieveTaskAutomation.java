package nightshift.functions.automations;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

/// `GET .../task_automations/{id}/`: one automation.
public final class RetrieveTaskAutomation extends Endpoint {
    private final TaskAutomations automations;

    /// The function as Lambda makes it.
    public RetrieveTaskAutomation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveTaskAutomation(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
    }

    @Override
    protected Reply answer(Call call) {
        var automation =
                automations.find(call.projectId(), call.id()).orElseThrow(ApiException::notFound);
        return AutomationJson.reply(200, automation);
    }
}
