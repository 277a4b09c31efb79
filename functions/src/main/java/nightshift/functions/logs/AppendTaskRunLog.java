package nightshift.functions.logs;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunLinks;
import nightshift.functions.runs.RunPath;
import nightshift.functions.runs.WorkerGatekeeper;
import nightshift.log.Log;
import nightshift.run.RunLogs;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Clock;

/// `POST .../append_log/`: adds entries to a run's log, all or none, in this order.
public final class AppendTaskRunLog extends Endpoint {
    private static final int MOST_ENTRIES = 500;

    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLogs logs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public AppendTaskRunLog() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public AppendTaskRunLog(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.logs = wiring.logs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var body = call.body();
        var sent = body.freeObjects("entries", "At least one log entry is required");
        if (sent.size() > MOST_ENTRIES) {
            throw body.refuse(
                    "entries",
                    "max_length",
                    "Ensure this field has no more than " + MOST_ENTRIES + " elements.");
        }
        var entries =
                sent.stream()
                        .filter(entry -> !SessionLog.isChunk(entry))
                        .map(SessionLog::entry)
                        .toList();
        var run = RunPath.run(call, runs, tasks);
        if (!entries.isEmpty()) {
            // After the end of the run no other event makes the late lines part of the object.
            logs.append(run.key(), entries, run.status().terminal());
            touch(run);
        }
        return Reply.ok(links.write(run, call));
    }

    /// The lines are stored: a caller that got an error would send them again, so a failure here is
    /// only logged.
    private void touch(TaskRun run) {
        try {
            runs.touch(run, clock.instant());
        } catch (RuntimeException unavailable) {
            Log.warn("lines were stored, but the run was not touched", unavailable);
        }
    }
}
