package nightshift.automation;

import org.jspecify.annotations.Nullable;

/// What an automation's runs leave in it.
///
/// @param lastRun null: never run
/// @param lastError why a run failed or the schedule was refused; null: no error. A failed run sets
///   it ([nightshift.run.TaskRuns#update]), a started run clears it ([TaskAutomations#start]), a
///   refused schedule sets it ([TaskAutomations#fail])
/// @param failuresInARow how many scheduled occurrences in a row have failed, each with its
///   retries, since the automation was last enabled
/// @param earlierFailures how many had failed before that, without a success since
/// @param pausedReason why the service paused the automation, for example [#FAILURES]; null: it did
///   not
/// @param retry null: no retry is to come
public record AutomationState(
        @Nullable LastRun lastRun,
        @Nullable String lastError,
        int failuresInARow,
        int earlierFailures,
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
        this(lastRun, lastError, failuresInARow, 0, pausedReason, retry, RecentOutcomes.NONE);
    }

    AutomationState withLastRun(LastRun run) {
        return with(run, lastError, failuresInARow, earlierFailures, pausedReason, retry);
    }

    AutomationState withError(@Nullable String error) {
        return with(lastRun, error, failuresInARow, earlierFailures, pausedReason, retry);
    }

    AutomationState withOneMoreFailure() {
        return with(lastRun, lastError, failuresInARow + 1, earlierFailures, pausedReason, retry);
    }

    AutomationState withoutFailures() {
        return with(lastRun, lastError, 0, 0, pausedReason, retry);
    }

    AutomationState withRetry(@Nullable Retry next) {
        return with(lastRun, lastError, failuresInARow, earlierFailures, pausedReason, next);
    }

    AutomationState paused(String reason) {
        return with(lastRun, lastError, failuresInARow, earlierFailures, reason, null);
    }

    /// After the automation was enabled again: the count of failures starts anew.
    AutomationState resumed() {
        var error = pausedReason == null ? lastError : null;
        return with(lastRun, error, 0, earlierFailures + failuresInARow, null, retry);
    }

    AutomationState withRecent(RecentOutcomes outcomes) {
        return new AutomationState(
                lastRun, lastError, failuresInARow, earlierFailures, pausedReason, retry, outcomes);
    }

    private AutomationState with(
            @Nullable LastRun run,
            @Nullable String error,
            int failures,
            int earlier,
            @Nullable String reason,
            @Nullable Retry next) {
        return new AutomationState(run, error, failures, earlier, reason, next, recent);
    }
}
