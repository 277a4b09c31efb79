package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// Delivers events of the bus to the targets of its rules.
final class EventDeliveryHandler implements DeliveryQueue.DeliveryHandler {
    private final Target target;
    private final Consumer<DeadLetter> deadLetters;

    EventDeliveryHandler(Target target, Consumer<DeadLetter> deadLetters) {
        this.target = target;
        this.deadLetters = deadLetters;
    }

    /// Returns all data of a delivery. The rule may have changed after a restart.
    static ObjectNode payload(String bus, BusRule rule, ObjectNode event) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("rule", rule.arn(bus))
                .put("target", rule.targetArn())
                .put("deadLetterQueue", rule.deadLetterQueueArn())
                .set("event", event);
    }

    @Override
    public void deliver(ObjectNode payload, int attempt) throws Exception {
        target.invoke(payload.path("target").asText(), payload.path("event").toString());
    }

    @Override
    public void abandon(ObjectNode payload, Map<String, String> reasons) {
        if (!payload.hasNonNull("deadLetterQueue")) return;
        var attributes = new HashMap<>(reasons);
        attributes.put("RULE_ARN", payload.path("rule").asText());
        attributes.put("TARGET_ARN", payload.path("target").asText());
        deadLetters.accept(
                new DeadLetter(
                        payload.path("deadLetterQueue").asText(),
                        payload.path("event").toString(),
                        Map.copyOf(attributes)));
    }
}
