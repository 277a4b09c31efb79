package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The resources of `template.yaml` with all references resolved.
public final class Template {
    /// A function with its event sources.
    public record Function(
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
            Asynchronous asynchronous,
            Permissions permissions) {
        /// The class name of the handler.
        public String handlerClass() {
            return handler.split("::", 2)[0];
        }
    }

    /// A path and method of the API. `ANY` matches the methods without a route of their own.
    public record Route(String path, String method) {}

    /// A schedule that the template declares. Without `input`, the target receives the default
    /// event.
    public record Schedule(
            String name,
            String expression,
            String timezone,
            boolean enabled,
            @Nullable String input,
            int retries,
            Duration maximumAge,
            @Nullable String deadLetterArn) {}

    /// A rule on an event bus, with an EventBridge event pattern.
    public record Rule(
            String name,
            String bus,
            String pattern,
            int retries,
            Duration maximumAge,
            @Nullable String deadLetterArn) {}

    /// An event source mapping of a table's stream. -1 retries, or no maximum age, mean no limit.
    public record Mapping(
            String table,
            List<String> patterns,
            int batchSize,
            int parallelizationFactor,
            int retries,
            @Nullable Duration maximumAge,
            boolean bisects,
            boolean reportsFailures,
            @Nullable String onFailureArn) {}

    /// The retry policy of asynchronous invocations.
    public record Asynchronous(int retries, Duration maximumAge, @Nullable String onFailureArn) {}

    private final Intrinsics intrinsics;
    private final ObjectNode globals;
    private final Map<String, Function> functions = new LinkedHashMap<>();

    private Template(JsonNode document) {
        intrinsics = new Intrinsics(document);
        globals = intrinsics.resolveObject(document.path("Globals").path("Function"));
        intrinsics.resources().forEach(this::readFunction);
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
    public Map<String, Function> functions() {
        return functions;
    }

    /// Finds a function by logical id, name or ARN, with or without a qualifier.
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
        intrinsics
                .resources()
                .forEach((id, resource) -> {
                    if (resource.path("Type").asText().equals(type)
                            && intrinsics.exists(resource)) {
                        named.put(
                                intrinsics.nameOf(id),
                                intrinsics.resolveObject(resource.path("Properties")));
                    }
                });
        return named;
    }

    /// The API's properties, from the resource or from `Globals`, else an empty object.
    ObjectNode api() {
        var api = intrinsics.resolveObject(intrinsics.document().path("Globals").path("Api"));
        named("AWS::Serverless::Api").values().forEach(api::setAll);
        return api;
    }

    private void readFunction(String id, JsonNode resource) {
        if (!resource.path("Type").asText().equals("AWS::Serverless::Function")) return;
        var properties = intrinsics.resolveObject(resource.path("Properties"));
        var events = new Events(id);
        intrinsics
                .resolveObject(resource.path("Properties").path("Events"))
                .forEachEntry(events::read);
        functions.put(
                id,
                new Function(
                        id,
                        intrinsics.nameOf(id),
                        intrinsics.arnOf(id),
                        setting(properties, "Handler").asText(),
                        environment(properties),
                        Duration.ofSeconds(setting(properties, "Timeout").asLong(3)),
                        events.routes,
                        events.schedules,
                        events.rules,
                        events.mappings,
                        asynchronous(properties),
                        Permissions.of(id, policies(properties))));
    }

    /// The function's inline policies, and the managed policies of the template that it references.
    private Stream<JsonNode> policies(ObjectNode properties) {
        var managed = named("AWS::IAM::ManagedPolicy");
        return setting(properties, "Policies")
                .valueStream()
                .map(policy -> {
                    if (!policy.isTextual()) return policy;
                    var named = managed.get(policy.asText());
                    if (named == null) {
                        throw new IllegalArgumentException(
                                "The local run does not know the policy " + policy.asText() + ".");
                    }
                    return named.path("PolicyDocument");
                });
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

    /// The events of one function, grouped by type.
    private static final class Events {
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
                    properties.path("Method").asText().toUpperCase(Locale.ROOT));
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
                    properties.path("ParallelizationFactor").asInt(1),
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
}
