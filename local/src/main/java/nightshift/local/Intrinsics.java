package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Evaluates CloudFormation's intrinsic functions in one document.
final class Intrinsics {
    private static final JsonNode NO_VALUE = MissingNode.getInstance();

    private final JsonNode document;
    private final Map<String, JsonNode> resources = new LinkedHashMap<>();

    Intrinsics(JsonNode document) {
        this.document = document;
        document.path("Resources")
                .forEachEntry((id, resource) -> {
                    var condition = resource.path("Condition");
                    if (condition.isMissingNode() || holds(condition.asText())) {
                        resources.put(id, resource);
                    }
                });
    }

    JsonNode document() {
        return document;
    }

    Map<String, JsonNode> resources() {
        return resources;
    }

    ObjectNode resolveObject(JsonNode value) {
        return resolve(value) instanceof ObjectNode object
                ? object
                : JsonNodeFactory.instance.objectNode();
    }

    private JsonNode resolve(JsonNode value) {
        if (value.isArray()) {
            var resolved = JsonNodeFactory.instance.arrayNode();
            for (var element : value) {
                var each = resolve(element);
                if (!each.isMissingNode()) resolved.add(each);
            }
            return resolved;
        }
        if (!value.isObject()) return value;
        if (value.size() == 1) {
            var name = value.fieldNames().next();
            if (name.equals("Ref") || name.startsWith("Fn::")) {
                return call(name, value.path(name));
            }
        }
        var resolved = JsonNodeFactory.instance.objectNode();
        value.forEachEntry((name, field) -> {
            var each = resolve(field);
            if (!each.isMissingNode()) resolved.set(name, each);
        });
        return resolved;
    }

    private JsonNode call(String function, JsonNode argument) {
        return switch (function) {
            case "Ref" -> reference(argument.asText());
            case "Fn::GetAtt" -> string(attribute(attributePath(argument)));
            case "Fn::Sub" -> string(substitute(argument));
            case "Fn::If" -> resolve(argument.get(holds(argument.get(0).asText()) ? 1 : 2));
            case "Fn::Join" -> {
                var parts = new ArrayList<String>();
                resolve(argument.get(1)).forEach(part -> parts.add(part.asText()));
                yield string(String.join(argument.get(0).asText(), parts));
            }
            case "Fn::Select" -> resolve(argument.get(1)).path(resolve(argument.get(0)).asInt());
            case "Fn::Split" -> {
                var parts = JsonNodeFactory.instance.arrayNode();
                var text = resolve(argument.get(1)).asText();
                var separator = Pattern.quote(argument.get(0).asText());
                for (var part : text.split(separator, -1)) parts.add(part);
                yield parts;
            }
            case "Fn::FindInMap" -> {
                var found = document.path("Mappings");
                for (var key : argument) found = found.path(resolve(key).asText());
                yield resolve(found);
            }
            case "Fn::Equals", "Fn::Not", "Fn::And", "Fn::Or" ->
                    JsonNodeFactory.instance.booleanNode(test(function, argument));
            default ->
                    throw new IllegalArgumentException(
                            "The local run does not know the function " + function + ".");
        };
    }

    /// Whether a resource is created. It is if it has no condition, or if its condition is true.
    boolean exists(JsonNode resource) {
        return !resource.has("Condition") || holds(resource.path("Condition").asText());
    }

    private boolean holds(String condition) {
        return decide(document.path("Conditions").path(condition));
    }

    private boolean decide(JsonNode condition) {
        var name = condition.fieldNames().next();
        var argument = condition.path(name);
        return name.equals("Condition") ? holds(argument.asText()) : test(name, argument);
    }

    private boolean test(String function, JsonNode argument) {
        return switch (function) {
            case "Fn::Equals" ->
                    resolve(argument.get(0)).asText().equals(resolve(argument.get(1)).asText());
            case "Fn::Not" -> !decide(argument.get(0));
            case "Fn::And" -> argument.valueStream().allMatch(this::decide);
            case "Fn::Or" -> argument.valueStream().anyMatch(this::decide);
            default -> throw new IllegalArgumentException("No condition: " + function);
        };
    }

    private JsonNode reference(String name) {
        var pseudo = pseudoParameter(name);
        if (pseudo != null) return string(pseudo);
        if (name.equals("AWS::NoValue")) return NO_VALUE;
        var parameter = document.path("Parameters").path(name);
        if (!parameter.isMissingNode()) return parameter.path("Default");
        return string(referenceTo(name));
    }

    private String referenceTo(String name) {
        for (var alias : List.of(".Alias", "Aliaslive", ".Version")) {
            var function = name.substring(0, Math.max(0, name.length() - alias.length()));
            if (name.endsWith(alias) && resources.containsKey(function)) {
                return arnOf(function) + ":live";
            }
        }
        if (name.endsWith(".Stage")) {
            var api = resources.get(name.substring(0, name.length() - ".Stage".length()));
            if (api != null) {
                return resolve(api.path("Properties").path("StageName")).asText();
            }
        }
        return switch (type(name)) {
            case "AWS::SQS::Queue" ->
                    "https://sqs.%s.amazonaws.com/%s/%s"
                            .formatted(LocalAccount.REGION, LocalAccount.ACCOUNT_ID, nameOf(name));
            case "AWS::SNS::Topic" -> arnOf(name);
            default -> nameOf(name);
        };
    }

    private String attribute(String path) {
        var dot = path.indexOf('.');
        var id = path.substring(0, dot);
        return switch (path.substring(dot + 1)) {
            case "Arn" -> arnOf(id);
            case "StreamArn" -> arnOf(id) + "/stream/2026-01-01T00:00:00.000";
            default -> nameOf(id);
        };
    }

    private static String attributePath(JsonNode argument) {
        return argument.isArray()
                ? argument.get(0).asText() + "." + argument.get(1).asText()
                : argument.asText();
    }

    private String substitute(JsonNode argument) {
        var text = argument.isArray() ? argument.get(0).asText() : argument.asText();
        var own = argument.isArray() ? argument.get(1) : JsonNodeFactory.instance.objectNode();
        var replaced = new StringBuilder();
        var variable = Pattern.compile("\\$\\{([^}]+)}").matcher(text);
        while (variable.find()) {
            var name = variable.group(1);
            variable.appendReplacement(replaced, Matcher.quoteReplacement(substitution(name, own)));
        }
        return variable.appendTail(replaced).toString();
    }

    private String substitution(String name, JsonNode own) {
        if (name.startsWith("!")) return "${" + name.substring(1) + "}";
        if (own.has(name)) return resolve(own.path(name)).asText();
        var dot = name.indexOf('.');
        boolean attribute =
                dot > 0
                        && resources.containsKey(name.substring(0, dot))
                        && !List.of("Alias", "Version", "Stage").contains(name.substring(dot + 1));
        return attribute ? attribute(name) : reference(name).asText();
    }

    private String type(String id) {
        return resource(id).path("Type").asText();
    }

    private JsonNode resource(String id) {
        var resource = resources.get(id);
        if (resource == null) {
            throw new IllegalArgumentException("The template has no resource " + id + ".");
        }
        return resource;
    }

    String nameOf(String id) {
        var type = type(id);
        var property =
                switch (type) {
                    case "AWS::Serverless::Function" -> "FunctionName";
                    case "AWS::DynamoDB::Table" -> "TableName";
                    case "AWS::S3::Bucket" -> "BucketName";
                    case "AWS::SQS::Queue" -> "QueueName";
                    case "AWS::IAM::Role" -> "RoleName";
                    case "AWS::Logs::LogGroup" -> "LogGroupName";
                    case "AWS::SNS::Topic" -> "TopicName";
                    default -> "Name";
                };
        var name = resource(id).path("Properties").path(property);
        var given = resolve(name);
        if (!given.isMissingNode()) return given.asText();
        var generated = pseudoParameter("AWS::StackName") + "-" + id;
        return type.equals("AWS::S3::Bucket") ? generated.toLowerCase(Locale.ROOT) : generated;
    }

    String arnOf(String id) {
        var name = nameOf(id);
        return switch (type(id)) {
            case "AWS::Serverless::Function" -> LocalAccount.arn("lambda", "function:" + name);
            case "AWS::DynamoDB::Table" -> LocalAccount.arn("dynamodb", "table/" + name);
            case "AWS::S3::Bucket" -> "arn:aws:s3:::" + name;
            case "AWS::SQS::Queue" -> LocalAccount.arn("sqs", name);
            case "AWS::SNS::Topic" -> LocalAccount.arn("sns", name);
            case "AWS::IAM::Role" -> "arn:aws:iam::" + LocalAccount.ACCOUNT_ID + ":role/" + name;
            case "AWS::Scheduler::ScheduleGroup" ->
                    LocalAccount.arn("scheduler", "schedule-group/" + name);
            case "AWS::Events::EventBus" -> LocalAccount.arn("events", "event-bus/" + name);
            case "AWS::Logs::LogGroup" -> LocalAccount.arn("logs", "log-group:" + name);
            default -> LocalAccount.arn("local", name);
        };
    }

    private static @Nullable String pseudoParameter(String name) {
        return switch (name) {
            case "AWS::Region" -> LocalAccount.REGION;
            case "AWS::AccountId" -> LocalAccount.ACCOUNT_ID;
            case "AWS::StackName" -> "nightshift";
            case "AWS::StackId" -> LocalAccount.arn("cloudformation", "stack/nightshift/local");
            case "AWS::Partition" -> "aws";
            case "AWS::URLSuffix" -> "amazonaws.com";
            default -> null;
        };
    }

    private static JsonNode string(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }
}
