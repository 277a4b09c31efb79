package nightshift.functions.automations;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

/// `GET .../task_automations/{id}/policy/`: what happens around an automation's runs.
public final class RetrieveTaskAutomationPolicy extends Endpoint {
    private final TaskAutomations automations;

    /// The function as Lambda makes it.
    public RetrieveTaskAutomationPolicy() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveTaskAutomationPolicy(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
    }

    @Override
    protected Reply answer(Call call) {
        var automation = automations.find(call.projectId(), call.id());
        return PolicyJson.reply(automation.orElseThrow(ApiException::notFound));
    }
}
