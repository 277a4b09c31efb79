package nightshift.automation;

import nightshift.run.RunStatus;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// A prompt that runs against a repository on a schedule.
///
/// @param taskId the task that the automation repeats, its own from creation on
/// @param state what its runs leave in it
/// @param edition the number of the spec's edits, from 1; runs do not change it
/// @param policyEdition the number of the policy's edits, from 1
public record TaskAutomation(
        UUID id,
        long projectId,
        UUID taskId,
        AutomationSpec spec,
        Policy policy,
        AutomationState state,
        long edition,
        long policyEdition,
        Timings timings,
        Instant createdAt,
        Instant updatedAt) {

    /// A new automation.
    public static TaskAutomation create(
            UUID id, long projectId, UUID taskId, AutomationSpec spec, Policy policy, Instant now) {
        return new TaskAutomation(
                id,
                projectId,
                taskId,
                spec,
                policy,
                AutomationState.NEW,
                1,
                1,
                Timings.since(now),
                now,
                now);
    }

    /// The run that was started last; null: never run.
    public @Nullable LastRun lastRun() {
        return state.lastRun();
    }

    /// Why a run failed or the schedule was refused; null: no error.
    public @Nullable String lastError() {
        return state.lastError();
    }

    /// How many scheduled occurrences in a row have failed.
    public int failuresInARow() {
        return state.failuresInARow();
    }

    /// Why the service paused the automation; null: it did not.
    public @Nullable String pausedReason() {
        return state.pausedReason();
    }

    /// The retry to come; null: none.
    public @Nullable Retry retry() {
        return state.retry();
    }

    /// What became of the newest occurrences.
    public RecentOutcomes recent() {
        return state.recent();
    }

    /// Whether the last run has not ended.
    public boolean isRunning() {
        var last = lastRun();
        return last != null && !last.status().terminal();
    }

    /// The next edition. Another expression, zone or state drops a retry to come. An automation
    /// that is enabled again counts its failures anew.
    public TaskAutomation with(AutomationSpec changed, Instant now) {
        boolean same = spec.sameTiming(changed);
        var next = same ? state : state.withRetry(null);
        return new TaskAutomation(
                id,
                projectId,
                taskId,
                changed,
                policy,
                !spec.enabled() && changed.enabled() ? next.resumed() : next,
                edition + 1,
                policyEdition,
                same ? timings : timings.after(spec, now),
                createdAt,
                now);
    }

    /// The next edition of the policy. A retry that it does not allow any more is dropped.
    public TaskAutomation with(Policy changed) {
        var retry = state.retry();
        boolean dropped = retry != null && retry.attempt() > changed.retryAttempts() + 1;
        return new TaskAutomation(
                id,
                projectId,
                taskId,
                spec,
                changed,
                dropped ? state.withRetry(null) : state,
                edition,
                policyEdition + 1,
                timings,
                createdAt,
                updatedAt);
    }

    /// The automation after it has started a run. No other run is retried then.
    public TaskAutomation started(LastRun run) {
        return with(state.withLastRun(run).withError(null).withRetry(null), run.at());
    }

    /// The automation after something went wrong.
    public TaskAutomation failed(@Nullable String error, Instant now) {
        return with(state.withError(error), now);
    }

    /// The automation after its last run has moved on.
    public TaskAutomation withLastRun(LastRun run, Instant now) {
        return with(state.withLastRun(run), now);
    }

    /// The automation after an occurrence was recorded.
    public TaskAutomation recorded(Occurrence occurrence) {
        var recent = recent().with(occurrence.scheduledAt(), occurrence.shown());
        return with(state.withRecent(recent), updatedAt);
    }

    /// The automation after the latest run of an occurrence has changed.
    public TaskAutomation showing(Instant minute, RunStatus run) {
        var shown = run.terminal() ? run.text() : Outcome.STARTED.text();
        return with(state.withRecent(recent().changed(minute, shown)), updatedAt);
    }

    /// The automation with another state.
    TaskAutomation with(AutomationState changed, Instant now) {
        return new TaskAutomation(
                id,
                projectId,
                taskId,
                spec,
                policy,
                changed,
                edition,
                policyEdition,
                timings,
                createdAt,
                now);
    }
}
