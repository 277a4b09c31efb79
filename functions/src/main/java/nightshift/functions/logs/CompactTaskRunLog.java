package nightshift.functions.logs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.RunKey;
import nightshift.run.RunLogs;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;

import java.util.Map;
import java.util.UUID;

/// What the end of a run sets off, and a log that grows: makes the run's log one object. Safe to
/// repeat.
public final class CompactTaskRunLog extends Operation {
    private final TaskRuns runs;
    private final RunLogs logs;

    /// The function as Lambda makes it.
    public CompactTaskRunLog() {
        this(AwsWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CompactTaskRunLog(Wiring wiring) {
        this.runs = wiring.runs();
        this.logs = wiring.logs();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var detail = input.object("detail");
        var key =
                new RunKey(
                        detail.integer("project_id", 1, Long.MAX_VALUE),
                        UUID.fromString(detail.text("task_id", TextRule.filled())),
                        UUID.fromString(detail.text("run_id", TextRule.filled())));
        Log.about(Map.of("project", key.projectId(), "task", key.taskId(), "run", key.runId()));
        // One compaction answers every event that came before it: late lines come in numbers.
        var run = runs.find(key).filter(found -> !found.logWhole());
        run.ifPresent(this::compact);
        return Json.object().put("compacted", run.isPresent());
    }

    private void compact(TaskRun run) {
        if (!run.status().terminal()) { // without a seal, which the next append would have to note
            logs.compactGrown(run.key());
            return;
        }
        // Counted before the log is read: what comes in between is for the next compaction.
        long extensions = run.logExtended();
        logs.compact(run.key(), extensions);
        runs.logCompacted(run.key(), extensions);
    }
}
