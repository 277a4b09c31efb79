package nightshift.functions.automations;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.EntityTag;
import nightshift.api.Fields;
import nightshift.api.Reply;
import nightshift.api.TextRule;
import nightshift.automation.Policy;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.Policy.RetryOn;
import nightshift.automation.TaskAutomation;
import nightshift.functions.runs.RunJson;
import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A policy on the wire.
public final class PolicyJson {
    private static final List<String> OVERLAPS = List.of("allow", "skip", "cancel_previous");
    private static final List<String> RETRY_ON = List.of("transient", "any");
    private static final TextRule VARIABLE = TextRule.filled().orBlank();
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Z_][A-Z0-9_]*");
    private static final Pattern RESERVED_NAME = Pattern.compile("NIGHTSHIFT_.*|AWS_.*|LD_.*|PATH");

    /// What the names and values of the variables may have together, in UTF-8.
    private static final int ENVIRONMENT_BYTES = 4 << 10;

    private PolicyJson() {}

    /// The answer that shows an automation's policy, with its version.
    static Reply reply(TaskAutomation automation) {
        return Reply.ok(write(automation))
                .with(EntityTag.HEADER, EntityTag.of(automation.policyEdition()));
    }

    /// The policy of an automation, and what it has led to.
    static ObjectNode write(TaskAutomation automation) {
        return write(automation.policy())
                .put("failures_in_a_row", automation.failuresInARow())
                .put("paused_reason", automation.pausedReason());
    }

    /// A policy.
    public static ObjectNode write(Policy policy) {
        var limit = policy.timeLimit();
        var json =
                Json.object()
                        .put("overlap", policy.overlap().text())
                        .put("retry_attempts", policy.retryAttempts())
                        .put("retry_delay_seconds", policy.retryDelay().toSeconds())
                        .put("retry_on", policy.retryOn().text())
                        .put("pause_after_failures", policy.pauseAfterFailures())
                        .put("time_limit_seconds", limit == null ? null : limit.toSeconds())
                        .put("branch", policy.branch());
        var environment = json.putObject("environment");
        new TreeMap<>(policy.environment()).forEach(environment::put);
        return json;
    }

    /// The stored policy overlaid with the body. Reads the fields in the order in which the
    /// contract declares them; the first bad one is reported.
    public static Policy read(Fields body, Policy stored) {
        return new Policy(
                Overlap.of(choice(body, "overlap", OVERLAPS, stored.overlap().text())),
                (int) number(body, "retry_attempts", 0, 5, stored.retryAttempts()),
                Duration.ofSeconds(
                        number(
                                body,
                                "retry_delay_seconds",
                                60,
                                86_400,
                                stored.retryDelay().toSeconds())),
                RetryOn.of(choice(body, "retry_on", RETRY_ON, stored.retryOn().text())),
                (int) number(body, "pause_after_failures", 0, 100, stored.pauseAfterFailures()),
                timeLimit(body, stored),
                body.text("branch", RunJson.BRANCH, stored.branch()),
                environment(body, stored));
    }

    private static String choice(Fields body, String field, List<String> choices, String stored) {
        return Objects.requireNonNull(body.choice(field, choices, stored));
    }

    private static long number(Fields body, String field, long least, long most, long stored) {
        return body.has(field) ? body.integer(field, least, most) : stored;
    }

    private static @Nullable Duration timeLimit(Fields body, Policy stored) {
        var field = "time_limit_seconds";
        if (!body.has(field)) {
            return stored.timeLimit();
        }
        return body.raw(field).isNull()
                ? null
                : Duration.ofSeconds(body.integer(field, 60, 28_800));
    }

    private static Map<String, String> environment(Fields body, Policy stored) {
        var field = "environment";
        var sent = body.freeObject(field, Integer.MAX_VALUE);
        if (sent == null) {
            return stored.environment();
        }
        var values = body.object(field);
        var variables = new TreeMap<String, String>();
        int bytes = 0;
        for (var entry : sent.properties()) {
            var name = entry.getKey();
            if (!VARIABLE_NAME.matcher(name).matches() || RESERVED_NAME.matcher(name).matches()) {
                throw body.refuse(field, "invalid_input", refusal(name));
            }
            var value = values.text(name, VARIABLE);
            variables.put(name, value);
            bytes += name.length() + value.getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > ENVIRONMENT_BYTES) {
            throw body.refuse(
                    field,
                    "max_length",
                    "Ensure this field has no more than " + ENVIRONMENT_BYTES + " bytes.");
        }
        return variables;
    }

    private static String refusal(String name) {
        var shown = name.length() > 100 ? name.substring(0, 100) + "..." : name;
        return RESERVED_NAME.matcher(name).matches()
                ? "\"%s\" is reserved: a name must not begin with NIGHTSHIFT_, AWS_ or LD_, nor be PATH."
                        .formatted(shown)
                : "\"%s\" is not a valid name of a variable: use capital letters, digits and underscores."
                        .formatted(shown);
    }
}
