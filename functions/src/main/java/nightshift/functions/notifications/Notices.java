package nightshift.functions.notifications;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.json.Json;
import nightshift.notification.ChannelSpec;
import nightshift.notification.NotificationType;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/// Reads from the events of the bus what channels may want to know.
final class Notices {
    private static final int LONGEST_REASON = 2_000;

    private final TaskAutomations automations;
    private final ConsoleLinks links;

    Notices(TaskAutomations automations, ConsoleLinks links) {
        this.automations = automations;
        this.links = links;
    }

    /// What an event says; nothing, if it is of no automation or of another type.
    List<Notice> of(String eventType, Fields detail) {
        return switch (eventType) {
            case "TaskRun Ended" -> runEnded(detail);
            case "Occurrences Missed" -> List.of(missed(detail));
            case "TaskAutomation Schedule Refused" -> List.of(scheduleRefused(detail));
            default -> List.of();
        };
    }

    /// The counts before and after a failed run are equal if it does not count: it was started by
    /// hand, or a retry follows. So a streak gets one message, however often the event comes. A
    /// streak ends with a success only: enabling the automation again does not end it.
    private List<Notice> runEnded(Fields detail) {
        var automationId = textOrNull(detail.raw("automation_id"));
        if (automationId == null) {
            return List.of();
        }
        var id = UUID.fromString(automationId);
        var runId = detail.text("run_id", TextRule.filled());
        int before = detail.raw("failures_before").asInt(0);
        int after = detail.raw("failures_in_a_row").asInt(before);
        int earlier = detail.raw("earlier_failures").asInt(0);
        boolean completed = detail.raw("status").asText().equals("completed");
        var message = textOrNull(detail.raw("error_message"));
        var reason = message == null ? "The run failed." : message;
        Predicate<ChannelSpec> concerned = channel -> channel.concerns(id);
        var notices = new ArrayList<Notice>();
        if (completed) {
            notices.add(
                    notice(
                            NotificationType.RUN_COMPLETED,
                            runId,
                            concerned,
                            run(detail, id, "The run completed.", after)));
        }
        boolean ofOccurrence = textOrNull(detail.raw("scheduled_at")) != null;
        if (completed && ofOccurrence && earlier + before > 0) {
            notices.add(
                    notice(
                            NotificationType.AUTOMATION_RECOVERED,
                            runId,
                            concerned.and(channel -> earlier + before >= channel.afterFailures()),
                            run(
                                    detail,
                                    id,
                                    "Completed after %s.".formatted(streak(earlier + before)),
                                    after)));
        }
        if (after > before) {
            notices.add(
                    notice(
                            NotificationType.RUN_FAILED,
                            runId,
                            concerned.and(channel ->
                                    earlier + before < channel.afterFailures()
                                            && channel.afterFailures() <= earlier + after),
                            run(detail, id, reason, after)));
        }
        if (detail.raw("paused_automation").asBoolean(false)) {
            notices.add(
                    notice(
                            NotificationType.AUTOMATION_PAUSED,
                            runId,
                            concerned,
                            run(
                                    detail,
                                    id,
                                    "Paused after %s: %s".formatted(streak(after), reason),
                                    after)));
        }
        return notices;
    }

    private static String streak(int failures) {
        return failures == 1 ? "1 failure in a row" : failures + " failures in a row";
    }

    private ObjectNode run(Fields detail, UUID automationId, String reason, int failures) {
        long projectId = projectId(detail);
        var taskId = detail.text("task_id", TextRule.filled());
        var runId = detail.text("run_id", TextRule.filled());
        var data = about(projectId, automationId);
        var scheduledAt = textOrNull(detail.raw("scheduled_at"));
        if (scheduledAt == null) {
            data.putNull("occurrence");
        } else {
            data.putObject("occurrence")
                    .put("scheduled_at", scheduledAt)
                    .put("attempt", detail.raw("attempt").asInt(1));
        }
        data.putObject("run")
                .put("id", runId)
                .put("task", taskId)
                .put("status", detail.raw("status").asText());
        return data.put("failures_in_a_row", failures)
                .put("reason", shortened(reason))
                .put("link", links.run(projectId, taskId, runId));
    }

    private Notice scheduleRefused(Fields detail) {
        long projectId = projectId(detail);
        var id = UUID.fromString(detail.text("automation_id", TextRule.filled()));
        var reason = detail.raw("reason").asText();
        var data =
                about(projectId, id)
                        .putNull("occurrence")
                        .putNull("run")
                        .put("reason", shortened(reason))
                        .put("link", links.automation(projectId, id.toString()));
        var subject = "%s %s %s".formatted(id, detail.raw("edition").asText(), reason);
        return notice(
                NotificationType.SCHEDULE_REFUSED, subject, channel -> channel.concerns(id), data);
    }

    /// Misses that were found together are one message. The event counts them for each automation
    /// and lists the first ones.
    private Notice missed(Fields detail) {
        var listed = detail.raw("missed");
        return new Notice(
                NotificationType.OCCURRENCE_MISSED,
                Json.text(listed) + " " + detail.raw("count").asText(),
                channel -> countOf(channel, detail) > 0,
                channel -> missed(detail, missedOf(channel, listed), countOf(channel, detail)));
    }

    private static int countOf(ChannelSpec channel, Fields detail) {
        if (channel.automations() == null) {
            return detail.raw("count").asInt(detail.raw("missed").size());
        }
        int counted = 0;
        for (var automation : channel.automations()) {
            counted += detail.raw("counts").path(automation.toString()).asInt(0);
        }
        return Math.max(counted, missedOf(channel, detail.raw("missed")).size());
    }

    private static List<JsonNode> missedOf(ChannelSpec channel, JsonNode listed) {
        return listed.valueStream()
                .filter(one ->
                        channel.concerns(UUID.fromString(one.path("automation_id").asText())))
                .toList();
    }

    private ObjectNode missed(Fields detail, List<JsonNode> missed, int count) {
        long projectId = projectId(detail);
        var data = Json.object().put("project_id", projectId).put("count", count);
        var list = data.putArray("missed");
        for (var one : missed) {
            var item = list.addObject();
            item.putObject("automation")
                    .put("id", one.path("automation_id").asText())
                    .put("name", one.path("name").asText());
            item.put("scheduled_at", one.path("scheduled_at").asText());
        }
        return data.put(
                        "reason",
                        (count == 1 ? "1 occurrence" : count + " occurrences")
                                + " should have started a run and did not.")
                .put("link", links.tonight(projectId));
    }

    /// The beginning of what a message about one automation says.
    private ObjectNode about(long projectId, UUID automationId) {
        var name =
                automations
                        .find(projectId, automationId)
                        .map(TaskAutomation::spec)
                        .map(spec -> spec.name())
                        .orElse(null); // deleted meanwhile
        var data = Json.object().put("project_id", projectId);
        data.putObject("automation").put("id", automationId.toString()).put("name", name);
        return data;
    }

    private static Notice notice(
            NotificationType type,
            String subject,
            Predicate<ChannelSpec> concerns,
            ObjectNode data) {
        return new Notice(type, subject, concerns, _ -> data);
    }

    private static long projectId(Fields detail) {
        return detail.integer("project_id", 1, Long.MAX_VALUE);
    }

    private static @Nullable String textOrNull(JsonNode node) {
        return node.isTextual() && !node.asText().isEmpty() ? node.asText() : null;
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_REASON
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_REASON)) + "...";
    }
}
