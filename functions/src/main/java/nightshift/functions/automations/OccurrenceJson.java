package nightshift.functions.automations;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.automation.Occurrence;
import nightshift.automation.Outcome;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// An occurrence on the wire.
public final class OccurrenceJson {
    private OccurrenceJson() {}

    public static ObjectNode write(Occurrence occurrence) {
        var run = occurrence.runId();
        var runStatus = occurrence.runStatus();
        return Json.object()
                .put("scheduled_at", IsoTime.format(occurrence.scheduledAt()))
                .put("status", occurrence.outcome().text())
                .put("task_run_id", run == null ? null : run.toString())
                .put("attempt", occurrence.attempt() == 0 ? null : occurrence.attempt())
                .put("run_status", runStatus == null ? null : runStatus.text())
                .put("deliveries", occurrence.deliveries())
                .put("late_seconds", occurrence.late().toMillis() / 1_000.0)
                .put("recorded_at", IsoTime.format(occurrence.recordedAt()));
    }

    /// The outcome that a list is asked for; null: all.
    public static @Nullable Outcome outcome(Call call) {
        var text = call.query("status");
        if (text == null || text.isEmpty()) {
            return null;
        }
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.text().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        ApiException.invalid(
                                "invalid_choice",
                                "\"" + text + "\" is not a valid choice.",
                                "status"));
    }
}
