package nightshift.local;

import static nightshift.local.AwsApiException.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;

/// Validates the body of a create or update, and fills in the defaults. An update does not keep the
/// old value of an omitted field.
final class ScheduleRequest {
    static final String DEFAULT_GROUP = "default";

    private static final Pattern NAME = Pattern.compile("[0-9a-zA-Z-_.]+");
    private static final Pattern TOKEN = Pattern.compile("[a-zA-Z0-9-_]+");
    private static final Pattern ROLE =
            Pattern.compile("arn:aws(-[a-z]+)?:iam::\\d{12}:role/[\\w+=,.@/-]+");
    private static final Pattern QUEUE =
            Pattern.compile("arn:aws(-[a-z]+)?:sqs:[a-z0-9\\-]+:\\d{12}:[a-zA-Z0-9\\-_]+");
    private static final List<String> KEPT_AS_SENT =
            List.of("Description", "StartDate", "EndDate", "KmsKeyArn");

    private ScheduleRequest() {}

    static ObjectNode read(String name, ObjectNode body) {
        var schedule = JsonNodeFactory.instance.objectNode();
        schedule.put("Name", name(name, "name"));
        schedule.put("GroupName", name(textOr(body, "GroupName", DEFAULT_GROUP), "groupName"));
        schedule.put("State", choice(body, "State", "ENABLED", "DISABLED"));
        schedule.put(
                "ActionAfterCompletion", choice(body, "ActionAfterCompletion", "NONE", "DELETE"));
        schedule.put("ScheduleExpression", expression(body));
        schedule.put("ScheduleExpressionTimezone", zone(body));
        schedule.set("FlexibleTimeWindow", window(required(body, "FlexibleTimeWindow")));
        schedule.set("Target", target(required(body, "Target")));
        for (var field : KEPT_AS_SENT) {
            if (body.hasNonNull(field)) schedule.set(field, body.get(field));
        }
        if (body.path("Description").asText().length() > 512) {
            throw constraint("description", "have length less than or equal to 512");
        }
        return schedule;
    }

    static String name(String name, String field) {
        return matching(NAME, 64, name, field);
    }

    static @Nullable String clientToken(ObjectNode body) {
        if (!body.hasNonNull("ClientToken")) return null;
        return matching(TOKEN, 64, text(body, "ClientToken"), "clientToken");
    }

    private static String expression(ObjectNode body) {
        var expression = text(body, "ScheduleExpression");
        if (expression.isEmpty() || expression.length() > 256) {
            throw constraint("scheduleExpression", "have length between 1 and 256");
        }
        try {
            AwsCronEvaluator.parse(expression);
        } catch (IllegalArgumentException refused) {
            throw invalid(String.valueOf(refused.getMessage()));
        }
        return expression;
    }

    private static String zone(ObjectNode body) {
        var zone = textOr(body, "ScheduleExpressionTimezone", "UTC");
        if (zone.length() > 50 || !ZoneId.getAvailableZoneIds().contains(zone)) {
            throw invalid("Invalid Schedule Expression Timezone " + zone + ".");
        }
        return zone;
    }

    private static JsonNode window(ObjectNode window) {
        if (!window.has("Mode")) throw constraint("flexibleTimeWindow.mode", "not be null");
        if (choice(window, "Mode", "OFF", "FLEXIBLE").equals("OFF")) {
            if (window.hasNonNull("MaximumWindowInMinutes")) {
                throw invalid("MaximumWindowInMinutes must not be set if the mode is OFF.");
            }
        } else if (!window.hasNonNull("MaximumWindowInMinutes")) {
            throw constraint("flexibleTimeWindow.maximumWindowInMinutes", "not be null");
        } else {
            within(window, "MaximumWindowInMinutes", 1, 1440, 1);
        }
        return window;
    }

    private static JsonNode target(ObjectNode target) {
        var arn = text(target, "Arn");
        if (!arn.startsWith("arn:") || arn.length() > 1600) {
            throw invalid("Provided Arn is not in correct format.");
        }
        matching(ROLE, 1600, text(target, "RoleArn"), "target.roleArn");
        if (target.hasNonNull("DeadLetterConfig")) {
            var queue = required(target, "DeadLetterConfig").path("Arn");
            if (!queue.isMissingNode()) {
                matching(QUEUE, 1600, queue.asText(), "target.deadLetterConfig.arn");
            }
        }
        if (target.hasNonNull("Input") && text(target, "Input").isEmpty()) {
            throw constraint("target.input", "have length greater than or equal to 1");
        }
        var whole = target.deepCopy();
        var policy = whole.withObject("RetryPolicy");
        policy.put(
                "MaximumEventAgeInSeconds",
                within(policy, "MaximumEventAgeInSeconds", 60, 86_400, 86_400));
        policy.put("MaximumRetryAttempts", within(policy, "MaximumRetryAttempts", 0, 185, 185));
        return whole;
    }

    private static ObjectNode required(ObjectNode body, String field) {
        if (body.get(field) instanceof ObjectNode object) return object;
        throw constraint(camel(field), "not be null");
    }

    private static String text(ObjectNode body, String field) {
        var value = body.path(field);
        if (!value.isTextual()) throw constraint(camel(field), "not be null");
        return value.asText();
    }

    private static String textOr(ObjectNode body, String field, String fallback) {
        return body.hasNonNull(field) ? text(body, field) : fallback;
    }

    /// Returns one of the choices. The first one is the default.
    private static String choice(ObjectNode body, String field, String... choices) {
        var value = textOr(body, field, choices[0]);
        if (List.of(choices).contains(value)) return value;
        throw constraint(camel(field), "satisfy enum value set: " + List.of(choices));
    }

    private static int within(ObjectNode body, String field, int least, int most, int fallback) {
        if (!body.hasNonNull(field)) return fallback;
        var value = body.get(field);
        if (value.isInt() && value.asInt() >= least && value.asInt() <= most) return value.asInt();
        throw constraint(camel(field), "have value between " + least + " and " + most);
    }

    private static String matching(Pattern pattern, int most, String value, String field) {
        if (value.isEmpty() || value.length() > most) {
            throw constraint(field, "have length between 1 and " + most);
        }
        if (!pattern.matcher(value).matches()) {
            throw constraint(field, "satisfy regular expression pattern: ^" + pattern + "$");
        }
        return value;
    }

    private static AwsApiException constraint(String field, String rule) {
        return invalid(
                "1 validation error detected: Value at '"
                        + field
                        + "' failed to satisfy constraint: Member must "
                        + rule);
    }

    private static String camel(String field) {
        return Character.toLowerCase(field.charAt(0)) + field.substring(1);
    }
}
