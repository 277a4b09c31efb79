package nightshift.dynamo;

import nightshift.automation.Policy;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.Policy.RetryOn;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// How a policy lies in the table: as one attribute of an automation or a project. The default
/// policy is no attribute.
final class PolicyItem {
    private PolicyItem() {}

    static @Nullable Item write(Policy policy) {
        if (policy.equals(Policy.DEFAULT)) {
            return null;
        }
        var environment = Item.empty();
        new TreeMap<>(policy.environment()).forEach(environment::put);
        var limit = policy.timeLimit();
        return Item.empty()
                .put("overlap", policy.overlap().text())
                .put("retry_attempts", (Long) (long) policy.retryAttempts())
                .put("retry_delay_seconds", (Long) policy.retryDelay().toSeconds())
                .put("retry_on", policy.retryOn().text())
                .put("pause_after_failures", (Long) (long) policy.pauseAfterFailures())
                .put("time_limit_seconds", limit == null ? null : (Long) limit.toSeconds())
                .put("branch", policy.branch())
                .put("environment", policy.environment().isEmpty() ? null : environment);
    }

    static Policy read(@Nullable Item item) {
        if (item == null) {
            return Policy.DEFAULT;
        }
        var limit = item.numberOrNull("time_limit_seconds");
        return new Policy(
                Overlap.of(item.text("overlap")),
                (int) item.number("retry_attempts", 0),
                Duration.ofSeconds(item.number("retry_delay_seconds", 0)),
                RetryOn.of(item.text("retry_on")),
                (int) item.number("pause_after_failures", 0),
                limit == null ? null : Duration.ofSeconds(limit),
                item.textOrNull("branch"),
                environment(item.itemOrNull("environment")));
    }

    private static Map<String, String> environment(@Nullable Item item) {
        var variables = new TreeMap<String, String>();
        if (item != null) {
            item.attributes().forEach((name, value) -> variables.put(name, value.s()));
        }
        return variables;
    }
}
