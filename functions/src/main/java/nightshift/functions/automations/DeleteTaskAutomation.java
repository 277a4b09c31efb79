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

/// `DELETE .../task_automations/{id}/`: removes an automation. `SyncSchedule` then removes its
/// schedules. Its task and runs stay, and a run that is under way continues to its end.
public final class DeleteTaskAutomation extends Endpoint {
    private final TaskAutomations automations;

    /// The function as Lambda makes it.
    public DeleteTaskAutomation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public DeleteTaskAutomation(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.automations = wiring.automations();
    }

    @Override
    protected Reply answer(Call call) {
        boolean removed =
                automations.remove(
                        call.projectId(),
                        call.id(),
                        current -> EntityTag.check(call, current.edition()));
        if (!removed) {
            throw ApiException.notFound();
        }
        return Reply.noContent();
    }
}
