package nightshift.automation;

import nightshift.run.RunStatus;
import nightshift.run.RunStreak;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

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
        int earlier = automation.state().earlierFailures();
        if (to.occurrence() == null) {
            return new RunEffect(followed, to.with(RunStreak.unchanged(earlier, before)));
        }
        if (to.status() == RunStatus.COMPLETED) {
            var recovered = followed.with(followed.state().withoutFailures(), followed.updatedAt());
            return new RunEffect(recovered, to.with(new RunStreak(earlier, before, 0, false)));
        }
        boolean counts = to.status() == RunStatus.FAILED && from.times().completed() == null;
        var retry = counts ? retry(automation, to, temporary) : null;
        if (retry != null) {
            followed = followed.with(followed.state().withRetry(retry), followed.updatedAt());
        }
        if (!counts || retry != null) {
            return new RunEffect(followed, to.with(RunStreak.unchanged(earlier, before)));
        }
        return counted(followed, to, to.times().updated());
    }

    /// The effect of a failed run whose retry is not to come any more; empty: its failure is
    /// counted already, or it is not failed any more.
    public static Optional<RunEffect> ofDroppedRetry(
            TaskAutomation automation, TaskRun run, Instant now) {
        var streak = run.streak();
        var retry = automation.retry();
        boolean counts =
                run.status() == RunStatus.FAILED
                        && streak != null
                        && streak.before() == streak.after()
                        && (retry == null || !retry.runId().equals(run.id()));
        return counts ? Optional.of(counted(automation, run, now)) : Optional.empty();
    }

    /// The automation with the run's status, and with its error if the change is one of the status
    /// or the error. A retry of a run that is not failed any more is dropped.
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
        var message = to.report().errorMessage();
        boolean tells =
                from.status() != to.status()
                        || !Objects.equals(from.report().errorMessage(), message);
        return to.status().failed() && tells
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

    private static RunEffect counted(TaskAutomation automation, TaskRun run, Instant now) {
        int before = automation.failuresInARow();
        int after = before + 1;
        int earlier = automation.state().earlierFailures();
        int most = automation.policy().pauseAfterFailures();
        var counted =
                automation.with(automation.state().withOneMoreFailure(), automation.updatedAt());
        boolean paused = most > 0 && after >= most && automation.spec().enabled();
        var streak = new RunStreak(earlier, before, after, paused);
        if (!paused) {
            return new RunEffect(counted, run.with(streak));
        }
        var pausing =
                counted.state()
                        .paused(AutomationState.FAILURES)
                        .withError(pausedError(after, run.report().errorMessage()));
        return new RunEffect(
                counted.with(counted.spec().paused(), now).with(pausing, now), run.with(streak));
    }
}
