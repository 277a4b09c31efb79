package nightshift.cli.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.api.Json;
import nightshift.cli.plan.Change.Action;

import java.util.Locale;

/// A plan for programs.
public final class PlanJson {
    private PlanJson() {}

    /// The whole plan, unchanged automations by name only.
    public static ObjectNode write(Plan plan) {
        var json = Json.object().put("set", plan.files().name());
        var summary = json.putObject("summary");
        for (var action : Action.values()) {
            summary.put(action.text(), plan.count(action));
        }
        var changes = json.putArray("changes");
        plan.changes().forEach(change -> changes.add(write(change)));
        var left = json.putArray("left");
        plan.left()
                .forEach(automation ->
                        left.addObject()
                                .put("id", automation.path("id").asText())
                                .put("name", automation.path("name").asText())
                                .put("template_id", automation.path("template_id").asText()));
        plan.busiest()
                .ifPresentOrElse(
                        busiest ->
                                json.putObject("busiest_minute")
                                        .put("scheduled_at", busiest.at().toString())
                                        .put("starts", busiest.starts()),
                        () -> json.putNull("busiest_minute"));
        return json;
    }

    private static ObjectNode write(Change change) {
        var json =
                Json.object()
                        .put("action", change.action().name().toLowerCase(Locale.ROOT))
                        .put("file", change.file() == null ? null : change.file().path())
                        .put("id", change.current() == null ? null : change.id())
                        .put("name", change.name());
        var fields = json.putArray("fields");
        for (var field : change.fields()) {
            var one = fields.addObject().put("field", field.name());
            one.set("before", field.before().isMissingNode() ? null : field.before());
            one.set("after", field.after());
        }
        var before = change.before();
        var after = change.after();
        json.set("schedule_before", before == null ? null : before.json());
        json.set("schedule_after", after == null ? null : after.json());
        return json;
    }
}
