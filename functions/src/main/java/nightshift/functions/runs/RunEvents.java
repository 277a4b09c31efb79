package nightshift.functions.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;
import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.task.Task;
import nightshift.text.Hmac;
import nightshift.text.IsoTime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Runs as they are announced on the bus.
public final class RunEvents {
    /// What is left for an event's detail of the 256 KB that one entry may have.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html">AWS:
    ///   calculating PutEvents event entry size</a>
    private static final int DETAIL_BYTES = 250_000;

    private RunEvents() {}

    /// The names by which a run is found.
    public static ObjectNode named(RunKey key) {
        return Json.object()
                .put("project_id", key.projectId())
                .put("task_id", key.taskId().toString())
                .put("run_id", key.runId().toString());
    }

    /// A run that waits for a worker, with everything that a worker needs; where that is more than
    /// an event carries, prompt and schema are null and for the worker to read from the task.
    public static ObjectNode queued(TaskRun run, Task task, String apiUrl) {
        var spec = task.spec();
        var state = Json.stored(run.report().state());
        var resumed = state.path("resume_from_run_id").asText("");
        var detail =
                named(run.key())
                        .put("title", spec.title())
                        .put("prompt", spec.description())
                        .put("repository", spec.repository())
                        .put("branch", run.place().branch())
                        .put("resume_from_run_id", resumed.isEmpty() ? null : resumed);
        detail.set(
                "json_schema", spec.jsonSchema() == null ? null : Json.stored(spec.jsonSchema()));
        detail.put("api_url", apiUrl).put("claim_token", claimToken(run));
        if (Json.text(detail).getBytes(StandardCharsets.UTF_8).length > DETAIL_BYTES) {
            detail.putNull("prompt").putNull("json_schema");
        }
        return detail;
    }

    /// A run that has ended, and what that has done to its automation.
    public static ObjectNode ended(TaskRun run) {
        var ended =
                run.times().completed() == null ? run.times().updated() : run.times().completed();
        var automation = run.automationId();
        var occurrence = run.occurrence();
        var streak = run.streak();
        return named(run.key())
                .put("automation_id", automation == null ? null : automation.toString())
                .put(
                        "scheduled_at",
                        occurrence == null ? null : IsoTime.format(occurrence.scheduledAt()))
                .put("attempt", occurrence == null ? null : occurrence.attempt())
                .put("earlier_failures", streak == null ? null : streak.earlier())
                .put("failures_before", streak == null ? null : streak.before())
                .put("failures_in_a_row", streak == null ? null : streak.after())
                .put("paused_automation", streak != null && streak.paused())
                .put("status", run.status().text())
                .put("error_message", run.report().errorMessage())
                .put(
                        "output_bytes",
                        run.report().output() == null
                                ? 0
                                : run.report().output().getBytes(StandardCharsets.UTF_8).length)
                .put(
                        "duration_seconds",
                        Duration.between(run.times().created(), ended).toMillis() / 1_000.0);
    }

    /// What lets one worker claim the run. It is made of the run's own secret, so a repeated
    /// announcement has the same; a run that is queued again has another.
    static String claimToken(TaskRun run) {
        return Hmac.hex(run.claim().secret(), "claim " + queueEntry(run));
    }

    /// Names a run's present entry in the queue.
    static String queueEntry(TaskRun run) {
        long number = run.claim().queued().number();
        return number == 0 ? run.id().toString() : run.id() + " " + number;
    }
}
