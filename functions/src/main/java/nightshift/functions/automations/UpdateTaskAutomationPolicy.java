package nightshift.functions.automations;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.EntityTag;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

/// `PATCH .../task_automations/{id}/policy/`: changes what happens around an automation's runs. The
/// next occurrence and the next end of a run follow it.
public final class UpdateTaskAutomationPolicy extends Endpoint {
    private final TaskAutomations automations;

    /// The function as Lambda makes it.
    public UpdateTaskAutomationPolicy() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public UpdateTaskAutomationPolicy(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.automations = wiring.automations();
    }

    @Override
    protected Reply answer(Call call) {
        var updated =
                automations.updatePolicy(
                        call.projectId(),
                        call.id(),
                        current -> {
                            EntityTag.check(call, current.policyEdition());
                            return current.with(PolicyJson.read(call.body(), current.policy()));
                        });
        return PolicyJson.reply(updated.orElseThrow(ApiException::notFound));
    }
}
