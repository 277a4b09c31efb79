package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// A prompt that runs against a repository on a schedule.
///
/// @param taskId the task that the automation repeats, its own from creation on
/// @param lastRun null: never run
/// @param lastError why the last failed run failed or the schedule cannot be made; null: nothing is
///   known to be wrong
/// @param edition counts the edits of the spec from 1 on; runs do not move it
/// @param timedSince since when the occurrences are those of the present expression, zone and state
public record TaskAutomation(
        UUID id,
        long projectId,
        UUID taskId,
        AutomationSpec spec,
        @Nullable LastRun lastRun,
        @Nullable String lastError,
        long edition,
        Instant timedSince,
        Instant createdAt,
        Instant updatedAt) {

    /// The next edition.
    public TaskAutomation with(AutomationSpec changed, Instant now) {
        var since = spec.sameTiming(changed) ? timedSince : now;
        return new TaskAutomation(
                id,
                projectId,
                taskId,
                changed,
                lastRun,
                lastError,
                edition + 1,
                since,
                createdAt,
                now);
    }

    /// The automation after it has started a run.
    public TaskAutomation started(LastRun run) {
        return new TaskAutomation(
                id, projectId, taskId, spec, run, null, edition, timedSince, createdAt, run.at());
    }

    /// The automation after something went wrong.
    public TaskAutomation failed(@Nullable String error, Instant now) {
        return new TaskAutomation(
                id, projectId, taskId, spec, lastRun, error, edition, timedSince, createdAt, now);
    }

    /// The automation after its last run has moved on.
    public TaskAutomation withLastRun(LastRun run, Instant now) {
        return new TaskAutomation(
                id, projectId, taskId, spec, run, lastError, edition, timedSince, createdAt, now);
    }
}
