package nightshift.functions.tasks;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.task.Tasks;

/// `DELETE .../tasks/{task_id}/`: a soft deletion. Runs stay reachable by id, a run that is under
/// way continues to its end, and an automation keeps repeating the task.
public final class DeleteTask extends Endpoint {
    private final Tasks tasks;

    /// The function as Lambda makes it.
    public DeleteTask() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public DeleteTask(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
    }

    @Override
    protected Reply answer(Call call) {
        if (!tasks.delete(call.projectId(), call.ownTaskId())) {
            throw ApiException.notFound();
        }
        return Reply.noContent();
    }
}
