package nightshift.functions.schedules;

import nightshift.automation.Retry;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.ScheduleHistory.Known;
import nightshift.automation.ScheduleRefusedException;
import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// Makes the schedules of one automation what its row says.
///
/// The row is read anew, so a change that arrives twice, late or out of order does no harm. The
/// result is recorded in a transaction that checks that the row has not changed meanwhile. If it
/// has, the synchronization is repeated with the newer row.
final class Synchronizer {
    private final TaskAutomations automations;
    private final Schedules schedules;
    private final ScheduleHistory states;
    private final RetrySchedule retries;
    private final Announcements announcements;
    private final Clock clock;

    Synchronizer(Wiring wiring) {
        this.automations = wiring.automations();
        this.schedules = wiring.schedules();
        this.states = wiring.scheduleHistory();
        this.retries = new RetrySchedule(wiring);
        this.announcements = wiring.announcements();
        this.clock = wiring.clock();
    }

    /// Synchronizes an automation and answers its state before that.
    ///
    /// @param scheduled whether the automation probably has a schedule
    Known sync(long projectId, UUID automationId, boolean scheduled) {
        var before = states.find(projectId, automationId);
        var known = before;
        while (!syncOnce(projectId, automationId, known, scheduled)) {
            known = states.find(projectId, automationId);
        }
        return before;
    }

    /// Synchronizes an automation unless its schedules are what its row says. Answers whether they
    /// were.
    boolean repair(long projectId, UUID automationId) {
        var known = states.find(projectId, automationId);
        var automation = known.automation();
        boolean synced =
                automation != null
                        && known.isCurrent()
                        && known.refusal() == null
                        && schedules.matches(automation);
        if (!synced) {
            sync(projectId, automationId, known.state() != null);
        }
        if (retry(automation) != null) {
            syncRetry(projectId, automationId);
        }
        return synced;
    }

    /// Makes the one-time schedule of the automation's retry what its row says. Repeated until the
    /// row has not changed meanwhile.
    void syncRetry(long projectId, UUID automationId) {
        var automation = states.find(projectId, automationId).automation();
        for (boolean same = false; !same; ) {
            retries.sync(automationId, automation);
            var now = states.find(projectId, automationId).automation();
            same = Objects.equals(retry(automation), retry(now));
            automation = now;
        }
    }

    private static @Nullable Retry retry(@Nullable TaskAutomation automation) {
        return automation == null ? null : automation.retry();
    }

    /// Answers false if the row has changed meanwhile.
    private boolean syncOnce(long projectId, UUID automationId, Known known, boolean scheduled) {
        var automation = known.automation();
        return automation == null
                ? syncDeleted(projectId, automationId)
                : syncOnce(automation, known, scheduled);
    }

    private boolean syncDeleted(long projectId, UUID automationId) {
        schedules.sync(automationId, null);
        return states.recordDeletion(projectId, automationId);
    }

    private boolean syncOnce(TaskAutomation automation, Known known, boolean scheduled) {
        var refusal = refusal(automation, scheduled);
        var former = known.refusal();
        if (refusal == null && former != null && former.equals(automation.lastError())) {
            // The refusal is over. The error is cleared before the former refusal is overwritten.
            automations.fail(automation, null, clock.instant());
        }
        if (!states.recordSync(automation, known.state(), refusal, clock.instant())) {
            return false;
        }
        if (refusal != null) {
            report(automation, refusal);
        }
        return true;
    }

    private @Nullable String refusal(TaskAutomation automation, boolean scheduled) {
        try {
            if (scheduled) schedules.sync(automation.id(), automation);
            else schedules.create(automation);
            return null;
        } catch (ScheduleRefusedException refused) {
            Log.error("schedule refused", refused);
            return refused.getMessage();
        }
    }

    /// Records a permanent refusal in the row and in a metric, and publishes it as an event. A rule
    /// of the bus sends that event to the dead-letter queue.
    private void report(TaskAutomation automation, String refusal) {
        automations.fail(automation, refusal, clock.instant());
        Log.metric(clock, "SyncFailures", 1, "Count", null);
        var detail =
                Json.object()
                        .put("project_id", automation.projectId())
                        .put("automation_id", automation.id().toString())
                        .put("edition", automation.edition())
                        .put("reason", refusal);
        announcements.announce(
                List.of(new Announcement("TaskAutomation Schedule Refused", Json.text(detail))));
    }
}
