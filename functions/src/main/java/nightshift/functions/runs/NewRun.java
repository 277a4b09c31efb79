package nightshift.functions.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.automation.TaskAutomation;
import nightshift.json.Json;
import nightshift.run.Ids;
import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunOccurrence;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/// Runs as they are when they are made.
public final class NewRun {
    private static final int SECRET_CHARACTERS = 43;
    private static final DateTimeFormatter TRIGGER_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd-HH-mm").withZone(ZoneOffset.UTC);

    private NewRun() {}

    /// A run of an automation.
    ///
    /// @param occurrence the occurrence that the run belongs to; null: a caller started it
    /// @param startedBy as in [TaskRun]
    public static TaskRun of(
            TaskAutomation automation,
            @Nullable RunOccurrence occurrence,
            String startedBy,
            Instant now) {
        var state =
                Json.object()
                        .put("mode", "background")
                        .put("automation_id", automation.id().toString());
        if (occurrence != null) {
            state.put("automation_trigger_workflow_id", trigger(automation.id(), occurrence));
        }
        if (occurrence != null && occurrence.attempt() > 1) {
            state.put("attempt", occurrence.attempt());
        }
        return of(
                automation.projectId(),
                automation.taskId(),
                RunEnvironment.CLOUD,
                automation.policy().branch(),
                state,
                automation.id(),
                occurrence,
                startedBy,
                now);
    }

    /// Names an occurrence.
    private static String trigger(UUID automationId, RunOccurrence occurrence) {
        return "task-automation-run-%s-%s"
                .formatted(automationId, TRIGGER_TIME.format(occurrence.scheduledAt()));
    }

    /// A queued run of a task.
    public static TaskRun of(
            long projectId,
            UUID taskId,
            RunEnvironment environment,
            @Nullable String branch,
            ObjectNode state,
            String startedBy,
            Instant now) {
        return of(projectId, taskId, environment, branch, state, null, null, startedBy, now);
    }

    private static TaskRun of(
            long projectId,
            UUID taskId,
            RunEnvironment environment,
            @Nullable String branch,
            ObjectNode state,
            @Nullable UUID automationId,
            @Nullable RunOccurrence occurrence,
            String startedBy,
            Instant now) {
        return TaskRun.start(
                new RunKey(projectId, taskId, Ids.timeOrdered(now)),
                RunStatus.QUEUED,
                environment,
                branch,
                Json.text(state),
                automationId,
                occurrence,
                startedBy,
                Ids.secret(SECRET_CHARACTERS),
                now);
    }
}
