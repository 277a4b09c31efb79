package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// A prompt that runs against a repository on a schedule.
///
/// @param taskId the task that the automation repeats, its own from creation on
/// @param lastRun null: never run
/// @param lastError why a run failed or the schedule was refused; null: no error. A failed run sets
///   it ([nightshift.run.TaskRuns#update]), a started run clears it ([TaskAutomations#start]), a
///   refused schedule sets it ([TaskAutomations#fail])
/// @param edition the number of the spec's edits, from 1; runs do not change it
public record TaskAutomation(
        UUID id,
        long projectId,
        UUID taskId,
        AutomationSpec spec,
        @Nullable LastRun lastRun,
        @Nullable String lastError,
        long edition,
        Timings timings,
        Instant createdAt,
        Instant updatedAt) {

    /// The next edition.
    public TaskAutomation with(AutomationSpec changed, Instant now) {
        var next = spec.sameTiming(changed) ? timings : timings.after(spec, now);
        return new TaskAutomation(
                id,
                projectId,
                taskId,
                changed,
                lastRun,
                lastError,
                edition + 1,
                next,
                createdAt,
                now);
    }

    /// The automation after it has started a run.
    public TaskAutomation started(LastRun run) {
        return new TaskAutomation(
                id, projectId, taskId, spec, run, null, edition, timings, createdAt, run.at());
    }

    /// The automation after something went wrong.
    public TaskAutomation failed(@Nullable String error, Instant now) {
        return new TaskAutomation(
                id, projectId, taskId, spec, lastRun, error, edition, timings, createdAt, now);
    }

    /// The automation after its last run has moved on.
    public TaskAutomation withLastRun(LastRun run, Instant now) {
        return new TaskAutomation(
                id, projectId, taskId, spec, run, lastError, edition, timings, createdAt, now);
    }
}
