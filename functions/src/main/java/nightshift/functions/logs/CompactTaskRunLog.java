package nightshift.functions.logs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.RunKey;
import nightshift.run.RunLogs;

import java.util.Map;
import java.util.UUID;

/// Makes the log of a run one object, when the run has ended and each time that the log has grown
/// by some appends. Safe to repeat.
public final class CompactTaskRunLog extends Operation {
    private final RunLogs logs;

    /// The function as Lambda makes it.
    public CompactTaskRunLog() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CompactTaskRunLog(Wiring wiring) {
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
        logs.compact(key);
        return Json.object().put("compacted", true);
    }
}
