package nightshift.functions.logs;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Gatekeeper;
import nightshift.api.Scope;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunLinks;
import nightshift.functions.runs.WorkerGatekeeper;
import nightshift.run.RunKey;
import nightshift.run.TaskRuns;

import java.time.Clock;

/// Admits a call that follows the signed link to a run's log; any other call needs a key.
final class LogLinkGatekeeper implements Gatekeeper {
    private final Gatekeeper keys;
    private final TaskRuns runs;
    private final Clock clock;

    LogLinkGatekeeper(Wiring wiring) {
        this.keys = new WorkerGatekeeper(wiring);
        this.runs = wiring.runs();
        this.clock = wiring.clock();
    }

    @Override
    public Call admit(Call call, Scope scope) {
        var signature = call.query(RunLinks.SIGNATURE);
        var expires = call.query(RunLinks.EXPIRES);
        if (signature == null || expires == null || call.header("Authorization") != null) {
            return keys.admit(call, scope);
        }
        var linked = call.linked();
        var run = runs.find(new RunKey(linked.projectId(), linked.taskId(), linked.id()));
        if (run.isEmpty() || !RunLinks.opens(run.get(), expires, signature, clock.instant())) {
            throw ApiException.forbidden("This link is not valid or has expired.");
        }
        return call.linked(run.get());
    }
}
