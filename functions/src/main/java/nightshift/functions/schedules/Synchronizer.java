package nightshift.functions.schedules;

import nightshift.automation.ScheduleRefusedException;
import nightshift.automation.ScheduleStates;
import nightshift.automation.ScheduleStates.Known;
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
import java.util.UUID;

/// Makes the schedules of one automation what its row says.
///
/// The row is read anew, so a change that is told twice, late or out of order does no harm. That it
/// still is so is checked in the same transaction that notes what the service was told: whoever
/// wrote an older state last is made to repeat with the newer one.
final class Synchronizer {
    private final TaskAutomations automations;
    private final Schedules schedules;
    private final ScheduleStates states;
    private final Announcements announcements;
    private final Clock clock;

    Synchronizer(Wiring wiring) {
        this.automations = wiring.automations();
        this.schedules = wiring.schedules();
        this.states = wiring.scheduleStates();
        this.announcements = wiring.announcements();
        this.clock = wiring.clock();
    }

    /// Makes it true, and answers with what was known before.
    ///
    /// @param scheduled whether it has a schedule already, as far as is known
    Known sync(long projectId, UUID automationId, boolean scheduled) {
        var before = states.find(projectId, automationId);
        var known = before;
        while (!tell(projectId, automationId, known, scheduled)) {
            known = states.find(projectId, automationId);
        }
        return before;
    }

    /// Answers whether it still is what the service was told.
    private boolean tell(long projectId, UUID automationId, Known known, boolean scheduled) {
        var automation = known.automation();
        return automation == null
                ? tellGone(projectId, automationId)
                : tell(automation, known, scheduled);
    }

    private boolean tellGone(long projectId, UUID automationId) {
        schedules.sync(automationId, null);
        return states.toldGone(projectId, automationId);
    }

    private boolean tell(TaskAutomation automation, Known known, boolean scheduled) {
        var refusal = refusal(automation, scheduled);
        var former = known.refusal();
        if (refusal == null && former != null && former.equals(automation.lastError())) {
            // What was wrong is right now, which is said before what it goes by is forgotten.
            automations.fail(automation, null, clock.instant());
        }
        if (!states.told(automation, known.state(), refusal, clock.instant())) {
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

    /// A permanent refusal is said in the row, in a metric and on the bus, whose rule keeps it with
    /// the dead letters.
    private void report(TaskAutomation automation, String refusal) {
        automations.fail(automation, refusal, clock.instant());
        Log.metric(clock, "SyncFailures", 1, "Count", null);
        var detail =
                Json.object()
                        .put("project_id", automation.projectId())
                        .put("automation_id", automation.id().toString())
                        .put("reason", refusal);
        announcements.announce(
                List.of(new Announcement("TaskAutomation Schedule Refused", Json.text(detail))));
    }
}
