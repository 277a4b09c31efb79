package nightshift.functions.runs;

import nightshift.api.ApiError;
import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Gatekeeper;
import nightshift.api.KeyGatekeeper;
import nightshift.api.Scope;
import nightshift.functions.lambda.Wiring;
import nightshift.run.RunKey;
import nightshift.run.TaskRuns;

import java.time.Clock;
import java.util.Optional;

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
        var sent = sent(call);
        if (sent.isEmpty()) {
            return keys.admit(call, scope);
        }
        var key = WorkerKey.parse(sent.get()).orElseThrow(WorkerGatekeeper::invalid);
        var run = runs.find(key.run()).orElseThrow(WorkerGatekeeper::invalid);
        if (!key.valid(run, clock.instant())) {
            throw invalid();
        }
        if (!isOwn(call, key)) {
            throw ApiException.forbidden(KeyGatekeeper.WORKER_REFUSED);
        }
        return call.linked(run);
    }

    /// The worker's key that an admitted call was made with; empty: it was another key.
    static Optional<WorkerKey> key(Call call) {
        return sent(call).flatMap(WorkerKey::parse);
    }

    /// The run whose worker made an admitted call; empty: the call was made with another key.
    public static Optional<RunKey> run(Call call) {
        return key(call).map(WorkerKey::run);
    }

    private static Optional<String> sent(Call call) {
        return Optional.ofNullable(KeyGatekeeper.bearer(call))
                .filter(key -> key.startsWith(KeyGatekeeper.WORKER_KEY));
    }

    /// A path that names no run is the task's own.
    private static boolean isOwn(Call call, WorkerKey key) {
        var run = call.variable("id");
        return call.variable("project_id").equals(String.valueOf(key.run().projectId()))
                && call.variable("task_id").equalsIgnoreCase(key.run().taskId().toString())
                && (run.isEmpty() || run.equalsIgnoreCase(key.run().runId().toString()));
    }

    /// The answer to a key that is not valid, or no more.
    static ApiException invalid() {
        return new ApiException(new ApiError.InvalidKey("Authorization header"));
    }
}
