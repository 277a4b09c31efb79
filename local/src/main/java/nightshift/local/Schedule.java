package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/// A schedule: its description as in `GetSchedule`, and the state of the stand-in.
record Schedule(
        ObjectNode description,
        Instant created,
        Instant modified,
        @Nullable String clientToken,
        @Nullable Instant lastFired) {

    Schedule replacedBy(ObjectNode other, Instant now) {
        return new Schedule(other, created, now, clientToken, lastFired);
    }

    Schedule firedAt(Instant occurrence) {
        return new Schedule(description, created, modified, clientToken, occurrence);
    }

    String group() {
        return text("GroupName");
    }

    String name() {
        return text("Name");
    }

    String key() {
        return key(group(), name());
    }

    /// A unique key that sorts by group and name. `#` is not allowed in names and sorts before all
    /// allowed characters.
    static String key(String group, String name) {
        return group + "#" + name;
    }

    String arn() {
        return LocalAccount.arn("scheduler", "schedule/" + group() + "/" + name());
    }

    String state() {
        return text("State");
    }

    JsonNode target() {
        return description.path("Target");
    }

    RetryPolicy retryPolicy() {
        var policy = target().path("RetryPolicy");
        return new RetryPolicy(
                Duration.ofSeconds(policy.path("MaximumEventAgeInSeconds").asLong()),
                policy.path("MaximumRetryAttempts").asInt());
    }

    boolean deletedWhenOver() {
        return text("ActionAfterCompletion").equals("DELETE");
    }

    boolean isOneTime() {
        return text("ScheduleExpression").startsWith("at(");
    }

    /// The next occurrence between the schedule's start and end. The state is ignored.
    Optional<Instant> next(Instant after) {
        var start = date("StartDate").map(instant -> instant.minusNanos(1)).orElse(after);
        var end = date("EndDate").orElse(Instant.MAX);
        return AwsCronEvaluator.parse(text("ScheduleExpression"))
                .next(
                        start.isAfter(after) ? start : after,
                        ZoneId.of(text("ScheduleExpressionTimezone")))
                .filter(occurrence -> !occurrence.isAfter(end));
    }

    ObjectNode details() {
        return dated(description.deepCopy().put("Arn", arn()));
    }

    ObjectNode summary() {
        var summary =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("Arn", arn())
                        .put("GroupName", group())
                        .put("Name", name())
                        .put("State", state());
        summary.putObject("Target").put("Arn", target().path("Arn").asText());
        return dated(summary);
    }

    ObjectNode write() {
        var document =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("created", created.toString())
                        .put("modified", modified.toString());
        if (clientToken != null) document.put("clientToken", clientToken);
        if (lastFired != null) document.put("lastFired", lastFired.toString());
        return document.set("description", description);
    }

    static Schedule read(ObjectNode document) {
        return new Schedule(
                document.withObject("description"),
                Instant.parse(document.path("created").asText()),
                Instant.parse(document.path("modified").asText()),
                document.has("clientToken") ? document.path("clientToken").asText() : null,
                document.has("lastFired")
                        ? Instant.parse(document.path("lastFired").asText())
                        : null);
    }

    private ObjectNode dated(ObjectNode answer) {
        return answer.put("CreationDate", created.toEpochMilli() / 1000.0)
                .put("LastModificationDate", modified.toEpochMilli() / 1000.0);
    }

    private Optional<Instant> date(String field) {
        return Optional.ofNullable(description.get(field))
                .map(seconds -> Instant.ofEpochMilli(Math.round(seconds.asDouble() * 1000)));
    }

    private String text(String field) {
        return description.path(field).asText();
    }
}
