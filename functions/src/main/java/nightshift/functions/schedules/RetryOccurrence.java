package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.automation.Occurrences;
import nightshift.automation.Retry;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.NewRun;
import nightshift.log.Log;
import nightshift.run.RunOccurrence;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.util.Map;
import java.util.UUID;

/// Starts a further run of an occurrence after a failed one. The row alone decides: it must have
/// this retry before it, and the failed run must be the last one and have ended.
final class RetryOccurrence {
    private final TaskAutomations automations;
    private final Occurrences occurrences;
    private final Clock clock;

    RetryOccurrence(Wiring wiring) {
        this.automations = wiring.automations();
        this.occurrences = wiring.occurrences();
        this.clock = wiring.clock();
    }

    /// Starts the run, unless the retry was dropped or has started.
    ///
    /// @param failedRun the run that is repeated
    /// @param attempt the number of the run to start
    ObjectNode perform(long projectId, UUID automationId, UUID failedRun, long attempt) {
        for (int turn = 0; turn < FireTaskAutomation.ATTEMPTS; turn++) {
            var automation = automations.find(projectId, automationId).orElse(null);
            var retry = automation == null ? null : due(automation, failedRun, attempt);
            if (automation == null || retry == null) {
                return FireTaskAutomation.answer("dropped", null);
            }
            var occurrence = new RunOccurrence(retry.scheduledAt(), retry.attempt());
            var run = NewRun.of(automation, occurrence, TaskRun.RETRY, clock.instant());
            switch (occurrences.retry(automation, run)) {
                case NOW -> {
                    Log.with("run", run.id());
                    Log.metric(clock, "Retries", 1, "Count", null);
                    return FireTaskAutomation.answer("retried", run);
                }
                case BEFORE -> {
                    return FireTaskAutomation.answer("repeated", null);
                }
                case OUTDATED ->
                        Log.info(
                                "automation changed while it was retried", Map.of("attempt", turn));
            }
        }
        throw new IllegalStateException("the automation changes faster than it can be retried");
    }

    private static @Nullable Retry due(TaskAutomation automation, UUID failedRun, long attempt) {
        var retry = automation.retry();
        var last = automation.lastRun();
        boolean due =
                retry != null
                        && retry.runId().equals(failedRun)
                        && retry.attempt() == attempt
                        && attempt <= automation.policy().retryAttempts() + 1L
                        && automation.spec().enabled()
                        && last != null
                        && last.id().equals(failedRun)
                        && last.status() == RunStatus.FAILED;
        return due ? retry : null;
    }
}
