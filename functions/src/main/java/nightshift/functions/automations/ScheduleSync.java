package nightshift.functions.automations;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.automation.ScheduleHistory.Known;
import nightshift.automation.TaskAutomation;
import nightshift.json.Json;
import nightshift.text.IsoTime;

/// Whether the schedule service has what an automation says, on the wire.
public final class ScheduleSync {
    private ScheduleSync() {}

    /// Writes the state of the schedule.
    ///
    /// @param name the field that says how it stands
    public static JsonNode write(String name, TaskAutomation automation, Known known) {
        var state = known.state();
        if (state == null || !known.isCurrent()) {
            return Json.object()
                    .put(name, "pending")
                    .putNull("reason")
                    .put("since", IsoTime.format(automation.updatedAt()));
        }
        var refusal = state.refusal();
        return Json.object()
                .put(name, refusal == null ? "synced" : "failed")
                .put("reason", refusal)
                .put("since", IsoTime.format(state.since()));
    }
}
