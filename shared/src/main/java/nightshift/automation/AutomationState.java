package nightshift.automation;

import org.jspecify.annotations.Nullable;

/// What an automation's runs leave in it.
///
/// @param lastRun null: never run
/// @param lastError why a run failed or the schedule was refused; null: no error. A failed run sets
///   it ([nightshift.run.TaskRuns#update]), a started run clears it ([TaskAutomations#start]), a
///   refused schedule sets it ([TaskAutomations#fail])
/// @param failuresInARow how many scheduled occurrences in a row have failed, each with its retries
/// @param pausedReason why the service paused the automation, for example [#FAILURES]; null: it did
///   not
/// @param retry null: no retry is to come
public record AutomationState(
        @Nullable LastRun lastRun,
        @Nullable String lastError,
        int failuresInARow,
        @Nullable String pausedReason,
        @Nullable Retry retry,
        RecentOutcomes recent) {
    /// The reason of an automation that was paused after too many failures in a row.
    public static final String FAILURES = "failures";

    /// Of an automation that has never run.
    static final AutomationState NEW = new AutomationState(null, null, 0, null, null);

    /// A state without an outcome.
    public AutomationState(
            @Nullable LastRun lastRun,
            @Nullable String lastError,
            int failuresInARow,
            @Nullable String pausedReason,
            @Nullable Retry retry) {
        this(lastRun, lastError, failuresInARow, pausedReason, retry, RecentOutcomes.NONE);
    }

    AutomationState withLastRun(LastRun run) {
        return new AutomationState(run, lastError, failuresInARow, pausedReason, retry, recent);
    }

    AutomationState withError(@Nullable String error) {
        return new AutomationState(lastRun, error, failuresInARow, pausedReason, retry, recent);
    }

    AutomationState withFailures(int inARow) {
        return new AutomationState(lastRun, lastError, inARow, pausedReason, retry, recent);
    }

    AutomationState withRetry(@Nullable Retry next) {
        return new AutomationState(lastRun, lastError, failuresInARow, pausedReason, next, recent);
    }

    AutomationState withRecent(RecentOutcomes outcomes) {
        return new AutomationState(
                lastRun, lastError, failuresInARow, pausedReason, retry, outcomes);
    }

    AutomationState paused(String reason) {
        return new AutomationState(lastRun, lastError, failuresInARow, reason, null, recent);
    }

    /// After the automation was enabled again: the count of failures starts anew.
    AutomationState resumed() {
        var error = pausedReason == null ? lastError : null;
        return new AutomationState(lastRun, error, 0, null, retry, recent);
    }
}
