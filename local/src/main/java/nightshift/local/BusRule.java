package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import software.amazon.event.ruler.RuleCompiler;
import software.amazon.event.ruler.Ruler;

/// A rule on the bus: an event pattern and its target.
record BusRule(
        String name,
        String pattern,
        String targetArn,
        RetryPolicy retryPolicy,
        @Nullable String deadLetterQueueArn) {

    BusRule {
        var wrong = RuleCompiler.check(pattern);
        if (wrong != null) {
            throw new IllegalArgumentException(
                    "The event pattern of rule " + name + " is invalid: " + wrong);
        }
    }

    BusRule(String name, String pattern, String targetArn) {
        this(name, pattern, targetArn, RetryPolicy.DEFAULT, null);
    }

    String arn(String bus) {
        return LocalAccount.arn("events", "rule/" + bus + "/" + name);
    }

    boolean matches(ObjectNode event) {
        try {
            return Ruler.matchesRule(event.toString(), pattern);
        } catch (Exception impossible) { // both are valid JSON
            throw new IllegalStateException(impossible);
        }
    }

    ObjectNode describe(String bus) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("Name", name)
                .put("Arn", arn(bus))
                .put("EventPattern", pattern)
                .put("State", "ENABLED")
                .put("EventBusName", bus);
    }
}
