package nightshift.functions.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.automation.TaskAutomation;
import nightshift.json.Json;
import nightshift.run.Ids;
import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// Runs as they are when they are made.
public final class NewRun {
    private static final int SECRET_CHARACTERS = 43;

    private NewRun() {}

    /// A run of an automation.
    ///
    /// @param trigger names the occurrence that started it; null: a caller did
    /// @param startedBy as in [TaskRun]
    public static TaskRun of(
            TaskAutomation automation, @Nullable String trigger, String startedBy, Instant now) {
        var state =
                Json.object()
                        .put("mode", "background")
                        .put("automation_id", automation.id().toString());
        if (trigger != null) {
            state.put("automation_trigger_workflow_id", trigger);
        }
        return of(
                automation.projectId(),
                automation.taskId(),
                RunEnvironment.CLOUD,
                null,
                state,
                automation.id(),
                startedBy,
                now);
    }

    /// A queued run of a task.
    public static TaskRun of(
            long projectId,
            UUID taskId,
            RunEnvironment environment,
            @Nullable String branch,
            ObjectNode state,
            @Nullable UUID automationId,
            String startedBy,
            Instant now) {
        return TaskRun.start(
                new RunKey(projectId, taskId, Ids.timeOrdered(now)),
                RunStatus.QUEUED,
                environment,
                branch,
                Json.text(state),
                automationId,
                null,
                startedBy,
                Ids.secret(SECRET_CHARACTERS),
                now);
    }
}
