package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// `template.yaml` as the local run reads it: what is deployed, with every reference resolved.
final class Template {
    /// A function with everything that calls it.
    record Function(
            String id,
            String name,
            String arn,
            String handler,
            Map<String, String> environment,
            Duration timeout,
            List<Route> routes,
            List<Schedule> schedules,
            List<Rule> rules,
            List<Mapping> mappings,
            Asynchronous asynchronous) {
        String handlerClass() {
            return handler.split("::", 2)[0];
        }
    }

    /// A method of a path of the API; the method `ANY` is every one that has no route of its own.
    record Route(String path, String method) {}

    /// A schedule that the template itself declares; `input` null: the schedule's own event.
    record Schedule(
            String name,
            String expression,
            String timezone,
            boolean enabled,
            @Nullable String input,
            int retries,
            Duration maximumAge,
            @Nullable String deadLetterArn) {}

    /// A rule on an event bus; the pattern is EventBridge's.
    record Rule(
            String name,
            String bus,
            String pattern,
            int retries,
            Duration maximumAge,
            @Nullable String deadLetterArn) {}

    /// A table's stream as a function's source; -1 retries or no maximum age: without end.
    record Mapping(
            String table,
            List<String> patterns,
            int batchSize,
            int retries,
            @Nullable Duration maximumAge,
            boolean bisects,
            boolean reportsFailures,
            @Nullable String onFailureArn) {}

    /// What becomes of an asynchronous invocation that fails.
    record Asynchronous(int retries, Duration maximumAge, @Nullable String onFailureArn) {}

    private final Resolver resolver;
    private final ObjectNode globals;
    private final Map<String, Function> functions = new LinkedHashMap<>();

    private Template(JsonNode document) {
        resolver = new Resolver(document);
        globals = resolver.resolveObject(document.path("Globals").path("Function"));
        resolver.resources().forEach(this::readFunction);
    }

    static Template read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static Template parse(String yaml) {
        return new Template(YamlTree.read(yaml));
    }

    /// The functions by their logical ids.
    Map<String, Function> functions() {
        return functions;
    }

    /// The function of a logical id, a name or an ARN, with or without a qualifier.
    Optional<Function> function(String reference) {
        var name = reference;
        var start = name.indexOf(":function:");
        if (start >= 0) name = name.substring(start + ":function:".length());
        var unqualified = name.split(":", 2)[0];
        return functions.values().stream()
                .filter(each -> each.id().equals(unqualified) || each.name().equals(unqualified))
                .findFirst();
    }

    /// The properties of the resources of one type, by their physical names.
    Map<String, ObjectNode> named(String type) {
        var named = new LinkedHashMap<String, ObjectNode>();
        resolver.resources()
                .forEach((id, resource) -> {
                    if (resource.path("Type").asText().equals(type)) {
                        named.put(
                                resolver.nameOf(id),
                                resolver.resolveObject(resource.path("Properties")));
                    }
                });
        return named;
    }

    /// The API's properties, from the resource or from `Globals`; an empty object if there is none.
    ObjectNode api() {
        var api = resolver.resolveObject(resolver.document().path("Globals").path("Api"));
        named("AWS::Serverless::Api").values().forEach(api::setAll);
        return api;
    }

    private void readFunction(String id, JsonNode resource) {
        if (!resource.path("Type").asText().equals("AWS::Serverless::Function")) return;
        var properties = resolver.resolveObject(resource.path("Properties"));
        var events = new Events(id);
        resolver.resolveObject(resource.path("Properties").path("Events"))
                .forEachEntry(events::read);
        functions.put(
                id,
                new Function(
                        id,
                        resolver.nameOf(id),
                        resolver.arnOf(id),
                        setting(properties, "Handler").asText(),
                        environment(properties),
                        Duration.ofSeconds(setting(properties, "Timeout").asLong(3)),
                        events.routes,
                        events.schedules,
                        events.rules,
                        events.mappings,
                        asynchronous(properties)));
    }

    private JsonNode setting(ObjectNode properties, String name) {
        return properties.has(name) ? properties.path(name) : globals.path(name);
    }

    private Map<String, String> environment(ObjectNode properties) {
        var environment = new LinkedHashMap<String, String>();
        Stream.of(globals, properties)
                .map(each -> each.path("Environment").path("Variables"))
                .forEach(variables ->
                        variables.forEachEntry(
                                (name, value) -> environment.put(name, value.asText())));
        return environment;
    }

    private Asynchronous asynchronous(ObjectNode properties) {
        var config = setting(properties, "EventInvokeConfig");
        var onFailure =
                text(config.path("DestinationConfig").path("OnFailure").path("Destination"));
        return new Asynchronous(
                config.path("MaximumRetryAttempts").asInt(2),
                Duration.ofSeconds(config.path("MaximumEventAgeInSeconds").asLong(21_600)),
                onFailure != null
                        ? onFailure
                        : text(setting(properties, "DeadLetterQueue").path("TargetArn")));
    }

    private static @Nullable String text(JsonNode value) {
        return value.isTextual() ? value.asText() : null;
    }

    /// The events of one function, sorted by kind.
    private final class Events {
        private final String function;
        private final List<Route> routes = new ArrayList<>();
        private final List<Schedule> schedules = new ArrayList<>();
        private final List<Rule> rules = new ArrayList<>();
        private final List<Mapping> mappings = new ArrayList<>();

        private Events(String function) {
            this.function = function;
        }

        private void read(String id, JsonNode event) {
            var properties = event.path("Properties");
            switch (event.path("Type").asText()) {
                case "Api" -> routes.add(route(properties));
                case "Schedule", "ScheduleV2" -> schedules.add(schedule(id, properties));
                case "EventBridgeRule" -> rules.add(rule(id, properties));
                case "DynamoDB" -> mappings.add(mapping(properties));
                default ->
                        throw new IllegalArgumentException(
                                "The local run does not know the event type of %s.%s: %s"
                                        .formatted(function, id, event.path("Type").asText()));
            }
        }

        private static Route route(JsonNode properties) {
            return new Route(
                    properties.path("Path").asText(),
                    properties.path("Method").asText().toUpperCase());
        }

        private Schedule schedule(String id, JsonNode properties) {
            var expression =
                    properties.has("ScheduleExpression")
                            ? properties.path("ScheduleExpression")
                            : properties.path("Schedule");
            return new Schedule(
                    properties.path("Name").asText(function + id),
                    expression.asText(),
                    properties.path("ScheduleExpressionTimezone").asText("UTC"),
                    !properties.path("State").asText("ENABLED").equals("DISABLED")
                            && properties.path("Enabled").asBoolean(true),
                    text(properties.path("Input")),
                    retries(properties),
                    maximumAge(properties),
                    text(properties.path("DeadLetterConfig").path("Arn")));
        }

        private Rule rule(String id, JsonNode properties) {
            return new Rule(
                    function + id,
                    busName(properties.path("EventBusName").asText("default")),
                    properties.path("Pattern").toString(),
                    retries(properties),
                    maximumAge(properties),
                    text(properties.path("DeadLetterConfig").path("Arn")));
        }

        private static Mapping mapping(JsonNode properties) {
            var patterns = new ArrayList<String>();
            for (var filter : properties.path("FilterCriteria").path("Filters")) {
                patterns.add(filter.path("Pattern").asText());
            }
            var age = properties.path("MaximumRecordAgeInSeconds").asLong(-1);
            var responses = properties.path("FunctionResponseTypes").toString();
            return new Mapping(
                    properties.path("Stream").asText().replaceAll(".*:table/|/stream/.*", ""),
                    patterns,
                    properties.path("BatchSize").asInt(100),
                    properties.path("MaximumRetryAttempts").asInt(-1),
                    age < 0 ? null : Duration.ofSeconds(age),
                    properties.path("BisectBatchOnFunctionError").asBoolean(false),
                    responses.contains("ReportBatchItemFailures"),
                    text(
                            properties
                                    .path("DestinationConfig")
                                    .path("OnFailure")
                                    .path("Destination")));
        }

        private static int retries(JsonNode properties) {
            return properties.path("RetryPolicy").path("MaximumRetryAttempts").asInt(185);
        }

        private static Duration maximumAge(JsonNode properties) {
            return Duration.ofSeconds(
                    properties.path("RetryPolicy").path("MaximumEventAgeInSeconds").asLong(86_400));
        }

        private static String busName(String nameOrArn) {
            return nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1);
        }
    }

    /// CloudFormation's intrinsic functions over one document.
    private static final class Resolver {
        private static final ObjectNode NO_VALUE = JsonNodeFactory.instance.objectNode();

        private final JsonNode document;
        private final Map<String, JsonNode> resources = new LinkedHashMap<>();

        private Resolver(JsonNode document) {
            this.document = document;
            document.path("Resources")
                    .forEachEntry((id, resource) -> {
                        var condition = resource.path("Condition");
                        if (condition.isMissingNode() || holds(condition.asText())) {
                            resources.put(id, resource);
                        }
                    });
        }

        private JsonNode document() {
            return document;
        }

        private Map<String, JsonNode> resources() {
            return resources;
        }

        private ObjectNode resolveObject(JsonNode value) {
            return resolve(value) instanceof ObjectNode object
                    ? object
                    : JsonNodeFactory.instance.objectNode();
        }

        private JsonNode resolve(JsonNode value) {
            if (value.isArray()) {
                var resolved = JsonNodeFactory.instance.arrayNode();
                for (var element : value) {
                    var each = resolve(element);
                    if (each != NO_VALUE) resolved.add(each);
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
                if (each != NO_VALUE) resolved.set(name, each);
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
                case "Fn::Select" ->
                        resolve(argument.get(1)).path(resolve(argument.get(0)).asInt());
                case "Fn::Split" -> {
                    var parts = JsonNodeFactory.instance.arrayNode();
                    var text = resolve(argument.get(1)).asText();
                    var separator = java.util.regex.Pattern.quote(argument.get(0).asText());
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
            var pseudo = pseudo(name);
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
                                .formatted(
                                        LocalAccount.REGION, LocalAccount.ACCOUNT_ID, nameOf(name));
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
            var variable = java.util.regex.Pattern.compile("\\$\\{([^}]+)}").matcher(text);
            while (variable.find()) {
                var name = variable.group(1);
                variable.appendReplacement(
                        replaced,
                        java.util.regex.Matcher.quoteReplacement(substitution(name, own)));
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
                            && !List.of("Alias", "Version", "Stage")
                                    .contains(name.substring(dot + 1));
            return attribute ? attribute(name) : reference(name).asText();
        }

        private String type(String id) {
            var resource = resources.get(id);
            if (resource == null) {
                throw new IllegalArgumentException("The template has no resource " + id + ".");
            }
            return resource.path("Type").asText();
        }

        private String nameOf(String id) {
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
            var name = resources.get(id).path("Properties").path(property);
            if (!name.isMissingNode() && resolve(name) != NO_VALUE) return resolve(name).asText();
            var generated = pseudo("AWS::StackName") + "-" + id;
            return type.equals("AWS::S3::Bucket") ? generated.toLowerCase() : generated;
        }

        private String arnOf(String id) {
            var name = nameOf(id);
            return switch (type(id)) {
                case "AWS::Serverless::Function" -> LocalAccount.arn("lambda", "function:" + name);
                case "AWS::DynamoDB::Table" -> LocalAccount.arn("dynamodb", "table/" + name);
                case "AWS::S3::Bucket" -> "arn:aws:s3:::" + name;
                case "AWS::SQS::Queue" -> LocalAccount.arn("sqs", name);
                case "AWS::SNS::Topic" -> LocalAccount.arn("sns", name);
                case "AWS::IAM::Role" ->
                        "arn:aws:iam::" + LocalAccount.ACCOUNT_ID + ":role/" + name;
                case "AWS::Scheduler::ScheduleGroup" ->
                        LocalAccount.arn("scheduler", "schedule-group/" + name);
                case "AWS::Events::EventBus" -> LocalAccount.arn("events", "event-bus/" + name);
                case "AWS::Logs::LogGroup" -> LocalAccount.arn("logs", "log-group:" + name);
                default -> LocalAccount.arn("local", name);
            };
        }

        private static @Nullable String pseudo(String name) {
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
}
