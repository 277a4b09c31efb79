package nightshift.functions.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.FailFastAssertionException;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.BasicDialectRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.keyword.AnnotationKeyword;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;

import nightshift.api.ApiException;
import nightshift.api.Fields;
import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// The JSON Schema of a task's output: draft 2020-12 unless `$schema` names another.
///
/// A schema comes from a caller. So everything that is computed with one has a deadline, on a
/// thread of its own: each keyword of a schema asks whether the time is over, and the caller waits
/// no longer in any case. `format` and the `content` keywords are annotations and refuse nothing.
public final class JsonSchema {
    private static final Duration LONGEST = Duration.ofMillis(1600);
    private static final Duration GRACE = Duration.ofMillis(100);
    private static final long STACK_BYTES = 64L << 20;
    private static final int DEEPEST = 10_000;
    private static final int LONGEST_REASON = 500;
    private static final String TOO_LONG = "the schema takes too long";
    private static final String TOO_DEEP = "the schema nests too deeply";
    private static final Set<String> ANNOTATIONS =
            Set.of("contentEncoding", "contentMediaType", "contentSchema");
    private static final Set<String> COUNTS =
            Set.of(
                    "maxContains",
                    "maxItems",
                    "maxLength",
                    "maxProperties",
                    "minContains",
                    "minItems",
                    "minLength",
                    "minProperties");
    private static final BigDecimal LARGEST_COUNT = BigDecimal.valueOf(Integer.MAX_VALUE);

    private static final Map<JsonSchemaDraft, Schema> META_SCHEMAS = new ConcurrentHashMap<>();

    static {
        // The first use loads the library, which is not a schema's time.
        var example =
                """
                {"type": "object", "properties": {"a": {"pattern": "a"}}, "required": ["a"]}\
                """;
        var loading =
                new JsonSchema(
                        normalized((ObjectNode) Json.stored(example)),
                        new Deadline(Duration.ofMinutes(1)));
        loading.refuseUnusable();
        firstProblem(loading.compiled(), Json.object().put("a", "b"));
    }

    private final ObjectNode schema;
    private final JsonSchemaDraft draft;
    private final Deadline deadline;
    private final SchemaRegistry registry;

    private JsonSchema(ObjectNode schema, Deadline deadline) {
        this.schema = schema;
        this.draft = JsonSchemaDraft.of(schema);
        this.deadline = deadline;
        this.registry = registry(deadline);
    }

    /// Refuses a field that holds no schema with which an output can be checked.
    public static void refuseUnusable(Fields body, String field, ObjectNode schema) {
        try {
            inTime(deadline -> new JsonSchema(normalized(schema), deadline).refuseUnusable());
        } catch (UnusableSchemaException unusable) {
            throw body.refuse(
                    field, "invalid_input", "Not a usable JSON Schema: " + unusable.reason() + ".");
        }
    }

    /// Checks an output with a stored schema.
    ///
    /// @throws ApiException 400 if the output does not satisfy the schema, or the schema is none
    public static void check(String schema, JsonNode output) {
        try {
            if (!(Json.stored(schema) instanceof ObjectNode stored)) {
                throw new UnusableSchemaException("it is no object");
            }
            inTime(deadline -> new JsonSchema(normalized(stored), deadline).check(output));
        } catch (UnusableSchemaException unusable) {
            throw refused(
                    unusable.reason().equals(TOO_LONG)
                            ? TOO_LONG
                            : "the task's json_schema cannot be used: " + unusable.reason());
        }
    }

    private static ApiException refused(String reason) {
        return ApiException.refused(400, "Output validation error: " + shortened(reason));
    }

    private void refuseUnusable() {
        var problem =
                firstProblem(META_SCHEMAS.computeIfAbsent(draft, JsonSchema::metaSchema), schema);
        if (!problem.isEmpty()) throw new UnusableSchemaException(problem);
        compiled();
    }

    private void check(JsonNode output) {
        var problem = firstProblem(compiled(), normalized(output));
        if (!problem.isEmpty()) throw refused(problem);
    }

    private Schema compiled() {
        SchemaGraph.check(schema, draft, deadline);
        var compiled =
                registry.getSchema(SchemaLocation.of(SchemaGraph.ADDRESS.toString()), schema);
        compiled.initializeValidators();
        return compiled;
    }

    /// What a draft says of schemas; it is no caller's, so it needs no deadline.
    private static Schema metaSchema(JsonSchemaDraft draft) {
        return SchemaRegistry.builder()
                .defaultDialectId(draft.dialect().getId())
                .schemaRegistryConfig(config().build())
                .build()
                .getSchema(SchemaLocation.of(draft.dialect().getId()));
    }

    /// Empty if there is none.
    private static String firstProblem(Schema schema, JsonNode value) {
        var context = schema.createExecutionContext();
        try {
            schema.validate(context, value);
        } catch (FailFastAssertionException _) { // it is among the errors as well
        }
        return context.getErrors().isEmpty() ? "" : context.getErrors().getFirst().toString();
    }

    /// Computes with a caller's schema; what the library throws about it becomes the reason.
    ///
    /// @throws UnusableSchemaException if there is no result, or none in time
    private static void inTime(Consumer<Deadline> computation) {
        var deadline = new Deadline(LONGEST);
        var task = new FutureTask<Void>(() -> computation.accept(deadline), null);
        var thread = new Thread(null, task, "json-schema", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            task.get(LONGEST.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            throw new UnusableSchemaException(TOO_LONG);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        } catch (ExecutionException failed) {
            throw reason(failed);
        } finally {
            deadline.cancel();
        }
    }

    private static RuntimeException reason(ExecutionException failed) {
        var cause = failed.getCause();
        for (var each = cause; each != null; each = each.getCause()) {
            switch (each) {
                case ApiException refused -> {
                    return refused;
                }
                case UnusableSchemaException unusable -> {
                    return unusable;
                }
                case Deadline.Passed _ -> {
                    return new UnusableSchemaException(TOO_LONG);
                }
                case StackOverflowError _ -> {
                    return new UnusableSchemaException(TOO_DEEP);
                }
                default -> {
                    // look further
                }
            }
        }
        if (cause instanceof Error error) throw error;
        return new UnusableSchemaException(
                shortened(String.valueOf(cause == null ? failed : cause.getMessage())));
    }

    private static String shortened(String reason) {
        return reason.length() <= LONGEST_REASON
                ? reason
                : reason.substring(0, LONGEST_REASON) + "...";
    }

    /// The library with our regular expressions and deadline, and without access to other schemas
    /// than the drafts' own.
    private static SchemaRegistry registry(Deadline deadline) {
        var config = config().regularExpressionFactory(new LinearPatterns(deadline)).build();
        var guard = new Guard(deadline);
        var dialects =
                Arrays.stream(JsonSchemaDraft.values())
                        .map(draft -> guard.guarded(draft.dialect()))
                        .toList();
        return SchemaRegistry.builder()
                .defaultDialectId(JsonSchemaDraft.DRAFT_2020_12.dialect().getId())
                .dialectRegistry(new BasicDialectRegistry(dialects))
                .schemaRegistryConfig(config)
                .build();
    }

    private static SchemaRegistryConfig.Builder config() {
        return SchemaRegistryConfig.builder()
                .failFast(true)
                .formatAssertionsEnabled(false)
                .losslessNarrowing(true)
                .preloadSchema(false)
                .locale(Locale.ROOT);
    }

    /// A copy in which equal numbers are equal trees, as JSON Schema has it: `1` and `1.0` are.
    private static ObjectNode normalized(ObjectNode schema) {
        return (ObjectNode) normalized((JsonNode) schema);
    }

    private static JsonNode normalized(JsonNode tree) {
        return switch (tree) {
            case ObjectNode object -> {
                var copy = JsonNodeFactory.instance.objectNode();
                for (var field : object.properties()) {
                    var value = normalized(field.getValue());
                    copy.set(
                            field.getKey(), COUNTS.contains(field.getKey()) ? count(value) : value);
                }
                yield copy;
            }
            case ArrayNode array -> {
                var copy = JsonNodeFactory.instance.arrayNode(array.size());
                for (var element : array) copy.add(normalized(element));
                yield copy;
            }
            default -> tree.isNumber() ? number(tree.decimalValue()) : tree;
        };
    }

    /// The library reads a count as an int, which a larger number would wrap round.
    private static JsonNode count(JsonNode value) {
        return value.isNumber() && value.decimalValue().compareTo(LARGEST_COUNT) > 0
                ? number(LARGEST_COUNT)
                : value;
    }

    private static JsonNode number(BigDecimal number) {
        var shortest = number.stripTrailingZeros();
        boolean plain = shortest.scale() < 0 && shortest.scale() > -30;
        return DecimalNode.valueOf(plain ? shortest.setScale(0) : shortest);
    }

    /// Has each keyword ask for the time before it checks a value, and counts how deep the checks
    /// are nested.
    private static final class Guard {
        private final Deadline deadline;
        private int depth;

        Guard(Deadline deadline) {
            this.deadline = deadline;
        }

        Dialect guarded(Dialect dialect) {
            List<Keyword> keywords = new ArrayList<>();
            for (var keyword : dialect.getKeywords().values()) {
                var name = keyword.getValue();
                if (ANNOTATIONS.contains(name)) {
                    keywords.add(new AnnotationKeyword(name));
                } else {
                    // the library takes no other keyword in place of its own `format`
                    keywords.add(name.equals("format") ? keyword : new GuardedKeyword(keyword));
                }
            }
            return Dialect.builder(dialect).keywords(keywords).build();
        }

        private void enter() {
            deadline.check();
            if (++depth > DEEPEST) throw new UnusableSchemaException(TOO_DEEP);
        }

        private void leave() {
            depth--;
        }

        private final class GuardedKeyword implements Keyword {
            private final Keyword keyword;

            GuardedKeyword(Keyword keyword) {
                this.keyword = keyword;
            }

            @Override
            public String getValue() {
                return keyword.getValue();
            }

            @Override
            public @Nullable KeywordValidator newValidator(
                    SchemaLocation location, JsonNode node, Schema parent, SchemaContext context)
                    throws Exception {
                deadline.check();
                var validator = keyword.newValidator(location, node, parent, context);
                return validator == null ? null : new GuardedValidator(validator);
            }
        }

        private final class GuardedValidator implements KeywordValidator {
            private final KeywordValidator validator;

            GuardedValidator(KeywordValidator validator) {
                this.validator = validator;
            }

            @Override
            public void validate(
                    ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
                enter();
                try {
                    validator.validate(context, node, root, location);
                } finally {
                    leave();
                }
            }

            @Override
            public void walk(
                    ExecutionContext context,
                    JsonNode node,
                    JsonNode root,
                    NodePath location,
                    boolean validates) {
                validator.walk(context, node, root, location, validates);
            }

            @Override
            public void preloadSchema() {
                deadline.check();
                validator.preloadSchema();
            }

            @Override
            public String getKeyword() {
                return validator.getKeyword();
            }

            @Override
            public SchemaLocation getSchemaLocation() {
                return validator.getSchemaLocation();
            }
        }
    }
}
