package nightshift.functions.schedules;

import nightshift.automation.OneTimeSchedules;
import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.util.UUID;

/// The one-time schedule that invokes `FireTaskAutomation` for an automation's retry. An automation
/// has one retry to come at most: that of its last run.
final class RetrySchedule {
    private final OneTimeSchedules schedules;
    private final String function;

    RetrySchedule(Wiring wiring) {
        this.schedules = wiring.oneTimeSchedules();
        this.function = wiring.fireFunction();
    }

    /// Makes the schedule what the automation says. Safe to repeat.
    ///
    /// @param automation null: there is none
    void sync(UUID automationId, @Nullable TaskAutomation automation) {
        var name = "task-automation-" + automationId + "-retry";
        var retry = automation == null ? null : automation.retry();
        if (automation == null || retry == null) {
            schedules.remove(name);
            return;
        }
        var input =
                Json.object()
                        .put("project_id", automation.projectId())
                        .put("automation_id", automationId.toString())
                        .put("scheduled_time", IsoTime.format(retry.scheduledAt()))
                        .put("failed_run_id", retry.runId().toString())
                        .put("attempt", retry.attempt());
        schedules.put(name, retry.at(), function, Json.text(input));
    }
}
