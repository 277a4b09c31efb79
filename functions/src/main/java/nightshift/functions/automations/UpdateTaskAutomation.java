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

import java.time.Clock;

/// `PATCH .../task_automations/{id}/`: changes an automation and the wording of its task. The
/// schedule follows.
public final class UpdateTaskAutomation extends Endpoint {
    private final TaskAutomations automations;
    private final Clock clock;

    /// The function as Lambda makes it.
    public UpdateTaskAutomation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public UpdateTaskAutomation(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.automations = wiring.automations();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var id = call.id();
        var integrations = call.project().githubIntegrations();
        var updated =
                automations.update(
                        call.projectId(),
                        id,
                        current -> {
                            EntityTag.check(call, current.edition());
                            return current.with(
                                    AutomationJson.patchSpec(
                                            current.spec(), call.body(), integrations),
                                    clock.instant());
                        });
        return AutomationJson.reply(200, updated.orElseThrow(ApiException::notFound));
    }
}
