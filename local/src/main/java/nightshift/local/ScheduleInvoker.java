package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Invokes the targets of due schedules. It queues each due occurrence once and builds the target's
/// input. Occurrences before the creation of this object are ignored, except those of one-time
/// schedules: nothing else would follow them.
final class ScheduleInvoker implements DeliveryQueue.DeliveryHandler {

    private record Planned(Schedule of, Optional<Instant> next) {}

    private final ScheduleStore store;
    private final Instant since;
    private final Target target;
    private final Consumer<DeadLetter> deadLetters;
    private final Map<String, Planned> plan = new HashMap<>();

    ScheduleInvoker(
            ScheduleStore store, Instant since, Target target, Consumer<DeadLetter> deadLetters) {
        this.store = store;
        this.since = since;
        this.target = target;
        this.deadLetters = deadLetters;
    }

    /// Queues a delivery for each due occurrence.
    void invokeDue(Instant now, DeliveryQueue deliveries) {
        plan.values().removeIf(old -> !store.contains(old.of().group(), old.of().name()));
        for (var schedule : store.schedules()) invokeDue(schedule, now, deliveries);
    }

    void invokeDue(Schedule schedule, Instant now, DeliveryQueue deliveries) {
        if (!schedule.state().equals("ENABLED")) return;
        // After a long sleep of the machine, occurrences beyond the maximum age are skipped.
        var oldest = now.minus(schedule.retryPolicy().maximumAge());
        var current = schedule;
        var next = next(current);
        while (next.isPresent() && !next.get().isAfter(now)) {
            if (next.get().isBefore(oldest) && !current.isOneTime()) {
                next = current.next(oldest);
                continue;
            }
            current = fire(current, next.get(), now, deliveries);
            next = next(current);
            if (next.isEmpty() && current.deletedWhenOver()) store.remove(current);
        }
    }

    /// Saves the delivery before the schedule. If the process is killed in between, the same
    /// occurrence is queued again under the same id.
    private Schedule fire(
            Schedule schedule, Instant occurrence, Instant now, DeliveryQueue deliveries) {
        var payload =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("schedule", schedule.arn())
                        .put("occurrence", occurrence.toString())
                        .set("target", schedule.target());
        deliveries.add(
                schedule.key() + "#" + occurrence.getEpochSecond(),
                (ObjectNode) payload,
                schedule.isOneTime() ? now : occurrence,
                schedule.retryPolicy());
        var fired = schedule.firedAt(occurrence);
        store.put(fired);
        return fired;
    }

    private Optional<Instant> next(Schedule schedule) {
        var planned = plan.get(schedule.key());
        if (planned == null || !planned.of().equals(schedule)) {
            planned = new Planned(schedule, schedule.next(startOf(schedule)));
            plan.put(schedule.key(), planned);
        }
        return planned.next();
    }

    private Instant startOf(Schedule schedule) {
        var begun = schedule.isOneTime() ? Instant.EPOCH : since;
        var fired = Optional.ofNullable(schedule.lastFired()).orElse(begun);
        return Stream.of(begun, schedule.modified(), fired)
                .max(Instant::compareTo)
                .orElseThrow()
                .truncatedTo(ChronoUnit.SECONDS); // occurrences fall on whole seconds
    }

    @Override
    public void deliver(ObjectNode payload, int attempt) throws Exception {
        target.invoke(
                payload.path("target").path("Arn").asText(),
                input(payload, attempt, UUID.randomUUID().toString()));
    }

    @Override
    public void abandon(ObjectNode payload, Map<String, String> reasons) {
        var queue = payload.path("target").path("DeadLetterConfig").path("Arn");
        if (queue.isMissingNode()) return;
        var attributes = new HashMap<>(reasons);
        var execution = UUID.randomUUID().toString();
        attributes.put("EXECUTION_ID", execution);
        attributes.put("IS_PAYLOAD_TRUNCATED", "false");
        attributes.put("SCHEDULED_TIME", payload.path("occurrence").asText());
        attributes.put("SCHEDULE_ARN", payload.path("schedule").asText());
        attributes.put("TARGET_ARN", payload.path("target").path("Arn").asText());
        var attempts = Integer.parseInt(reasons.getOrDefault("RETRY_ATTEMPTS", "0")) + 1;
        deadLetters.accept(
                new DeadLetter(
                        queue.asText(),
                        input(payload, attempts, execution),
                        Map.copyOf(attributes)));
    }

    private static String input(ObjectNode payload, int attempt, String execution) {
        var schedule = payload.path("schedule").asText();
        var occurrence = payload.path("occurrence").asText();
        @Nullable String input = payload.path("target").path("Input").textValue();
        return (input == null ? scheduledEvent() : input)
                .replace("<aws.scheduler.scheduled-time>", occurrence)
                .replace("<aws.scheduler.execution-id>", execution)
                .replace("<aws.scheduler.schedule-arn>", schedule)
                .replace("<aws.scheduler.attempt-number>", String.valueOf(attempt));
    }

    /// The input of a target whose schedule has none.
    private static String scheduledEvent() {
        var event =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("version", "0")
                        .put("id", "<aws.scheduler.execution-id>")
                        .put("detail-type", "Scheduled Event")
                        .put("source", "aws.scheduler")
                        .put("account", LocalAccount.ACCOUNT_ID)
                        .put("time", "<aws.scheduler.scheduled-time>")
                        .put("region", LocalAccount.REGION)
                        .put("detail", "{}");
        event.putArray("resources").add("<aws.scheduler.schedule-arn>");
        return event.toString();
    }
}
