package nightshift.automation;

import nightshift.run.RunStatus;
import nightshift.run.RunStreak;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// What a changed run does to the automation that started it.
///
/// @param automation the automation after the change
/// @param run the changed run; if it has ended, with what that did to the count of failures
public record RunEffect(TaskAutomation automation, TaskRun run) {
    /// The effect on an automation as it is.
    ///
    /// @param from the run before the change
    /// @param to the run after the change
    /// @param temporary whether a failure of the run may not happen again
    public static RunEffect of(
            TaskAutomation automation, TaskRun from, TaskRun to, boolean temporary) {
        var followed = follow(automation, from, to);
        if (!to.status().terminal() || to.status() == from.status()) {
            return new RunEffect(followed, to);
        }
        int before = automation.failuresInARow();
        if (to.occurrence() == null) {
            return new RunEffect(followed, to.with(new RunStreak(before, before, false)));
        }
        if (to.status() == RunStatus.COMPLETED) {
            var recovered = followed.with(followed.state().withFailures(0), followed.updatedAt());
            return new RunEffect(recovered, to.with(new RunStreak(before, 0, false)));
        }
        boolean counts = to.status() == RunStatus.FAILED && from.times().completed() == null;
        var retry = counts ? retry(automation, to, temporary) : null;
        if (retry != null) {
            followed = followed.with(followed.state().withRetry(retry), followed.updatedAt());
        }
        if (!counts || retry != null) {
            return new RunEffect(followed, to.with(new RunStreak(before, before, false)));
        }
        return counted(followed, to);
    }

    /// The automation with the run's status and error, as with every change of a run. A retry of a
    /// run that is not failed any more is dropped.
    private static TaskAutomation follow(TaskAutomation automation, TaskRun from, TaskRun to) {
        var state = automation.state();
        var last = state.lastRun();
        if (last != null && last.id().equals(to.id()) && from.status() != to.status()) {
            state = state.withLastRun(new LastRun(last.id(), last.at(), to.status()));
        }
        var retry = state.retry();
        if (retry != null && retry.runId().equals(to.id()) && to.status() != RunStatus.FAILED) {
            state = state.withRetry(null);
        }
        return to.status().failed()
                ? automation.with(state.withError(error(automation, to)), to.times().updated())
                : automation.with(state, automation.updatedAt());
    }

    /// The message of a failed run; a pause after failures stays readable before it.
    private static @Nullable String error(TaskAutomation automation, TaskRun run) {
        var message = run.report().errorMessage();
        return AutomationState.FAILURES.equals(automation.pausedReason())
                ? pausedError(automation.failuresInARow(), message)
                : message;
    }

    private static String pausedError(int failures, @Nullable String message) {
        var paused = "Paused after " + failures + " failures in a row";
        return message == null || message.isBlank() ? paused + "." : paused + ": " + message;
    }

    /// The retry of a failed run; null: it gets none. An occurrence that comes before it would drop
    /// it, so it is not planned.
    private static @Nullable Retry retry(
            TaskAutomation automation, TaskRun run, boolean temporary) {
        var policy = automation.policy();
        var spec = automation.spec();
        var last = automation.lastRun();
        var occurrence = run.occurrence();
        if (occurrence == null) {
            return null;
        }
        boolean wanted =
                occurrence.attempt() <= policy.retryAttempts()
                        && (temporary || policy.retryOn() == Policy.RetryOn.ANY);
        boolean same =
                spec.enabled()
                        && last != null
                        && last.id().equals(run.id())
                        && !automation.timings().since().isAfter(run.times().created());
        if (!wanted || !same) {
            return null;
        }
        var now = run.times().updated();
        int attempt = occurrence.attempt();
        var at = now.plus(policy.delayAfter(attempt));
        boolean overtaken =
                spec.cron()
                        .next(now, spec.timezone())
                        .filter(next -> !next.isAfter(at))
                        .isPresent();
        return overtaken ? null : new Retry(run.id(), occurrence.scheduledAt(), attempt + 1, at);
    }

    private static RunEffect counted(TaskAutomation automation, TaskRun run) {
        int before = automation.failuresInARow();
        int after = before + 1;
        int most = automation.policy().pauseAfterFailures();
        var counted =
                automation.with(automation.state().withFailures(after), automation.updatedAt());
        boolean paused = most > 0 && after >= most && automation.spec().enabled();
        if (!paused) {
            return new RunEffect(counted, run.with(new RunStreak(before, after, false)));
        }
        Instant now = run.times().updated();
        var pausing =
                counted.state()
                        .paused(AutomationState.FAILURES)
                        .withError(pausedError(after, run.report().errorMessage()));
        return new RunEffect(
                counted.with(counted.spec().paused(), now).with(pausing, now),
                run.with(new RunStreak(before, after, true)));
    }
}
