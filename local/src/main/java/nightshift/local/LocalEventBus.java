package nightshift.local;

import static nightshift.local.AwsApiException.invalid;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.local.AwsApiServer.Operation;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/// An EventBridge bus on one machine. It accepts events over HTTP, stores each one on disk, and
/// delivers it at least once to the target of each matching rule.
final class LocalEventBus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_REQUEST = 256 * 1024;

    private final String bus;
    private final List<BusRule> rules;
    private final Clock clock;
    private final DeliveryQueue deliveries;
    private final AwsApiServer server;
    private final PeriodicTask timer = new PeriodicTask();

    LocalEventBus(
            int port,
            Path folder,
            Clock clock,
            String bus,
            List<BusRule> rules,
            Target target,
            Consumer<DeadLetter> deadLetters,
            FaultInjection faults)
            throws IOException {
        this.bus = bus;
        this.rules = List.copyOf(rules);
        this.clock = clock;
        this.deliveries =
                new DeliveryQueue(
                        folder, clock, faults, new EventDeliveryHandler(target, deadLetters));
        this.server = new AwsApiServer(port, "application/x-amz-json-1.1", faults, this::route);
    }

    /// Starts to deliver periodically.
    LocalEventBus start() {
        timer.every(
                Duration.ofMillis(100),
                () -> {
                    var _ = deliveries.begin();
                });
        return this;
    }

    /// Delivers the due events and waits until the targets have answered.
    void tick() {
        deliveries.tick();
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        timer.close();
        server.close();
        deliveries.close();
    }

    private Operation route(AwsApiRequest request) {
        var operation = request.header("X-Amz-Target").orElse("").replace("AWSEvents.", "");
        return switch (operation) {
            case "PutEvents" -> new Operation(operation, () -> putEvents(request.json()));
            case "DescribeEventBus" -> new Operation(operation, this::describe);
            case "ListRules" -> new Operation(operation, this::listRules);
            default ->
                    throw new AwsApiException(
                            400,
                            "UnknownOperationException",
                            "The stand-in does not know '" + operation + "'.");
        };
    }

    private ObjectNode putEvents(ObjectNode request) {
        var entries = request.path("Entries");
        if (!entries.isArray() || entries.isEmpty() || entries.size() > 10) {
            throw invalid(
                    "1 validation error detected: Value at 'entries' failed to satisfy constraint:"
                            + " Member must have length between 1 and 10");
        }
        int size = 0;
        for (var entry : entries) size += size(entry);
        if (size >= LARGEST_REQUEST) {
            throw invalid("Total size of the entries in the request is over the limit.");
        }
        var answer = JsonNodeFactory.instance.objectNode();
        var results = answer.putArray("Entries");
        int failed = 0;
        for (var entry : entries) {
            var result = put(entry);
            if (result.has("ErrorCode")) failed++;
            results.add(result);
        }
        return answer.put("FailedEntryCount", failed);
    }

    private ObjectNode put(JsonNode entry) {
        var result = JsonNodeFactory.instance.objectNode();
        for (var field : List.of("Source", "DetailType", "Detail")) {
            if (entry.path(field).asText().isEmpty()) {
                return result.put("ErrorCode", "InvalidArgument")
                        .put(
                                "ErrorMessage",
                                "Parameter %s is not valid. Reason: %s is a required argument."
                                        .formatted(field, field));
            }
        }
        if (entry.path("Source").asText().startsWith("aws.")) {
            return result.put("ErrorCode", "NotAuthorizedForSourceException")
                    .put("ErrorMessage", "Not authorized for the source.");
        }
        if (!(parse(entry.path("Detail").asText()) instanceof ObjectNode detail)) {
            return result.put("ErrorCode", "MalformedDetail")
                    .put("ErrorMessage", "Detail is malformed.");
        }
        var id = UUID.randomUUID().toString();
        var target = entry.path("EventBusName").asText("default");
        if (target.equals(bus) || target.endsWith(":event-bus/" + bus)) {
            accept(event(id, entry, detail));
        }
        return result.put("EventId", id);
    }

    private void accept(ObjectNode event) {
        for (int i = 0; i < rules.size(); i++) {
            var rule = rules.get(i);
            if (!rule.matches(event)) continue;
            deliveries.add(
                    event.path("id").asText() + "#" + i,
                    EventDeliveryHandler.payload(bus, rule, event),
                    clock.instant(),
                    rule.retryPolicy());
        }
    }

    private ObjectNode event(String id, JsonNode entry, ObjectNode detail) {
        var time =
                entry.hasNonNull("Time")
                        ? Instant.ofEpochSecond(entry.path("Time").asLong())
                        : clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var event =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("version", "0")
                        .put("id", id)
                        .put("detail-type", entry.path("DetailType").asText())
                        .put("source", entry.path("Source").asText())
                        .put("account", LocalAccount.ACCOUNT_ID)
                        .put("time", time.toString())
                        .put("region", LocalAccount.REGION);
        var resources = event.putArray("resources");
        entry.path("Resources").forEach(resources::add);
        return event.set("detail", detail);
    }

    private ObjectNode describe() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("Name", bus)
                .put("Arn", LocalAccount.arn("events", "event-bus/" + bus));
    }

    private ObjectNode listRules() {
        var answer = JsonNodeFactory.instance.objectNode();
        var list = answer.putArray("Rules");
        rules.forEach(rule -> list.add(rule.describe(bus)));
        return answer;
    }

    /// The size as AWS counts it: 14 bytes for a time, and the UTF-8 bytes of all strings.
    private static int size(JsonNode entry) {
        int size = entry.hasNonNull("Time") ? 14 : 0;
        for (var field : List.of("Source", "DetailType", "Detail"))
            size += bytes(entry.path(field));
        for (var resource : entry.path("Resources")) size += bytes(resource);
        return size;
    }

    private static int bytes(JsonNode text) {
        return text.asText().getBytes(StandardCharsets.UTF_8).length;
    }

    private static @Nullable JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException malformed) {
            return null;
        }
    }
}
