package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// A queue with at-least-once delivery. It stores each payload on disk until it is delivered,
/// retries with exponential backoff, and sends the payload to a dead-letter queue when the retry
/// policy is exhausted.
final class DeliveryQueue implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DeliveryQueue.class.getName());
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /// Delivers a payload to its target, or sends it to the dead-letter queue.
    interface DeliveryHandler {
        void deliver(ObjectNode payload, int attempt) throws Exception;

        void abandon(ObjectNode payload, Map<String, String> reasons);
    }

    private record Delivery(
            String id,
            ObjectNode payload,
            Instant notBefore,
            Instant expires,
            int retries,
            int attempts) {
        Delivery again(Instant later) {
            return new Delivery(id, payload, later, expires, retries, attempts + 1);
        }
    }

    private final JsonFolder folder;
    private final Clock clock;
    private final FaultInjection faults;
    private final DeliveryHandler handler;
    private final ConcurrentMap<String, Delivery> pending = new ConcurrentHashMap<>();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    DeliveryQueue(Path folder, Clock clock, FaultInjection faults, DeliveryHandler handler) {
        this.folder = new JsonFolder(folder);
        this.clock = clock;
        this.faults = faults;
        this.handler = handler;
        this.folder.load().forEach((id, document) -> pending.put(id, read(id, document)));
    }

    /// Adds a payload. Its age counts from `since`.
    void add(String id, ObjectNode payload, Instant since, RetryPolicy policy) {
        var delay = faults.takeDelay();
        var delivery =
                new Delivery(
                        id,
                        payload,
                        clock.instant().plus(delay),
                        since.plus(policy.maximumAge()).plus(delay),
                        policy.maximumRetries(),
                        0);
        keep(delivery);
        if (faults.takeDuplicate()) {
            keep(
                    new Delivery(
                            id + "#again",
                            payload,
                            delivery.notBefore(),
                            delivery.expires(),
                            delivery.retries(),
                            0));
        }
    }

    /// Starts the due deliveries without waiting, so that a slow target does not delay the others.
    List<Future<?>> begin() {
        var now = clock.instant();
        var begun = new ArrayList<Future<?>>();
        for (var delivery : pending.values()) {
            if (delivery.notBefore().isAfter(now) || !underWay.add(delivery.id())) continue;
            begun.add(threads.submit(() -> attempt(delivery.id())));
        }
        return begun;
    }

    /// Starts the due deliveries and waits until each has succeeded or failed.
    void tick() {
        for (var attempt : begin()) {
            try {
                attempt.get();
            } catch (ExecutionException broken) {
                throw new IllegalStateException(broken.getCause());
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    int waiting() {
        return pending.size();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private void attempt(String id) {
        try {
            var delivery = pending.get(id); // another attempt may have removed it
            if (delivery == null) return;
            if (clock.instant().isAfter(delivery.expires())) {
                abandon(delivery, "MaximumEventAgeInSeconds", "Expired", "The event is too old.");
                return;
            }
            try {
                handler.deliver(delivery.payload(), delivery.attempts() + 1);
            } catch (Exception failed) {
                if (!threads.isShutdown()) retry(delivery, failed);
                return;
            }
            settle(delivery);
        } finally {
            underWay.remove(id);
        }
    }

    private void retry(Delivery delivery, Exception failed) {
        LOG.log(Level.WARNING, "delivery " + delivery.id() + " failed: " + failed);
        var name = failed.getClass().getSimpleName();
        var later = clock.instant().plus(pause(delivery.attempts()));
        if (delivery.attempts() >= delivery.retries()) {
            abandon(delivery.again(later), "MaximumRetryAttempts", name, "" + failed.getMessage());
        } else if (later.isAfter(delivery.expires())) {
            abandon(
                    delivery.again(later),
                    "MaximumEventAgeInSeconds",
                    name,
                    "" + failed.getMessage());
        } else {
            keep(delivery.again(later));
        }
    }

    private void abandon(Delivery delivery, String exhausted, String code, String message) {
        handler.abandon(
                delivery.payload(),
                Map.of(
                        "ERROR_CODE", code,
                        "ERROR_MESSAGE", message,
                        "EXHAUSTED_RETRY_CONDITION", exhausted,
                        "RETRY_ATTEMPTS", String.valueOf(Math.max(0, delivery.attempts() - 1))));
        settle(delivery);
    }

    /// The pause doubles with each failure, from one second.
    private static Duration pause(int failuresBefore) {
        var pause = Duration.ofSeconds(1L << Math.min(failuresBefore, 30));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private void keep(Delivery delivery) {
        folder.put(delivery.id(), write(delivery));
        pending.put(delivery.id(), delivery);
    }

    private void settle(Delivery delivery) {
        folder.remove(delivery.id());
        pending.remove(delivery.id());
    }

    private static ObjectNode write(Delivery delivery) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("notBefore", delivery.notBefore().toString())
                .put("expires", delivery.expires().toString())
                .put("retries", delivery.retries())
                .put("attempts", delivery.attempts())
                .set("payload", delivery.payload());
    }

    private static Delivery read(String id, ObjectNode document) {
        return new Delivery(
                id,
                document.withObject("payload"),
                Instant.parse(document.path("notBefore").asText()),
                Instant.parse(document.path("expires").asText()),
                document.path("retries").asInt(),
                document.path("attempts").asInt());
    }
}
