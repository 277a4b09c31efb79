package nightshift.functions;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.Json;
import nightshift.api.TextRule;
import nightshift.run.RunKey;
import nightshift.run.RunLogs;
import nightshift.run.TaskRuns;

import java.util.UUID;

/// What the end of a run sets off: makes the run's log one object. Safe to repeat.
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
    JsonNode perform(Fields input) {
        var detail = input.object("detail");
        var key =
                new RunKey(
                        detail.integer("project_id", 1, Long.MAX_VALUE),
                        UUID.fromString(detail.text("task_id", TextRule.filled())),
                        UUID.fromString(detail.text("run_id", TextRule.filled())));
        // One compaction answers every event that came before it: late lines come in numbers.
        var run = runs.find(key).filter(found -> !found.logWhole());
        if (run.isPresent()) {
            // Counted before the log is read: what comes in between is for the next compaction.
            long extensions = run.get().logExtended();
            logs.compact(key, extensions);
            runs.logCompacted(key, extensions);
        }
        return Json.object().put("compacted", run.isPresent());
    }
}
