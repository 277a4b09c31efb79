package nightshift.functions.runs;

import nightshift.api.ApiError;
import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Gatekeeper;
import nightshift.api.KeyGatekeeper;
import nightshift.api.Scope;
import nightshift.functions.lambda.Wiring;
import nightshift.run.TaskRuns;

import java.time.Clock;

/// Admits a worker to its own run and that run's task; any other call needs a key of the project.
///
/// Only the endpoints that a worker needs have this gatekeeper. Everywhere else [KeyGatekeeper]
/// refuses a worker's key, whatever run it is for.
public final class WorkerGatekeeper implements Gatekeeper {
    private final Gatekeeper keys;
    private final TaskRuns runs;
    private final Clock clock;

    public WorkerGatekeeper(Wiring wiring) {
        this.keys = wiring.gatekeeper();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
    }

    @Override
    public Call admit(Call call, Scope scope) {
        var sent = KeyGatekeeper.bearer(call);
        if (sent == null || !sent.startsWith(KeyGatekeeper.WORKER_KEY)) {
            return keys.admit(call, scope);
        }
        var key = WorkerKey.parse(sent).orElseThrow(WorkerGatekeeper::invalid);
        var run = runs.find(key.run()).orElseThrow(WorkerGatekeeper::invalid);
        if (!key.valid(run, clock.instant())) {
            throw invalid();
        }
        if (!isOwn(call, key)) {
            throw ApiException.forbidden(KeyGatekeeper.WORKER_REFUSED);
        }
        return call.linked();
    }

    /// A path that names no run is the task's own.
    private static boolean isOwn(Call call, WorkerKey key) {
        var run = call.variable("id");
        return call.variable("project_id").equals(String.valueOf(key.run().projectId()))
                && call.variable("task_id").equalsIgnoreCase(key.run().taskId().toString())
                && (run.isEmpty() || run.equalsIgnoreCase(key.run().runId().toString()));
    }

    private static ApiException invalid() {
        return new ApiException(new ApiError.InvalidKey("Authorization header"));
    }
}
