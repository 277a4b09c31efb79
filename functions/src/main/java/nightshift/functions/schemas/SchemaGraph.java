package nightshift.functions.schemas;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The schemas inside a JSON Schema document, and which refers to which.
///
/// Refuses what no check of a value would end with: a reference that leads nowhere or outside of
/// the document, and a schema that applies itself to the same value again.
final class SchemaGraph {
    /// Against which the ids and references of a document are resolved.
    static final URI ADDRESS = URI.create("https://nightshift.invalid/json_schema");

    private static final Set<String> SCHEMA =
            Set.of(
                    "additionalItems",
                    "additionalProperties",
                    "contains",
                    "contentSchema",
                    "else",
                    "if",
                    "items",
                    "not",
                    "propertyNames",
                    "then",
                    "unevaluatedItems",
                    "unevaluatedProperties");
    private static final Set<String> SCHEMAS =
            Set.of("allOf", "anyOf", "items", "oneOf", "prefixItems");
    private static final Set<String> NAMED_SCHEMAS =
            Set.of(
                    "$defs",
                    "definitions",
                    "dependencies",
                    "dependentSchemas",
                    "patternProperties",
                    "properties");
    private static final Set<String> SAME_VALUE =
            Set.of(
                    "allOf",
                    "anyOf",
                    "dependencies",
                    "dependentSchemas",
                    "else",
                    "if",
                    "not",
                    "oneOf",
                    "then");

    private static final Set<String> REFERENCES = Set.of("$ref", "$dynamicRef", "$recursiveRef");

    private final String idKeyword;
    private final boolean refAlone;
    private final LinearPatterns patterns;
    private final Deadline deadline;
    private final Map<URI, JsonNode> resources = new HashMap<>();
    private final Map<String, ObjectNode> anchors = new HashMap<>();
    private final Map<String, List<ObjectNode>> dynamicAnchors = new HashMap<>();
    private final IdentityHashMap<ObjectNode, URI> bases = new IdentityHashMap<>();
    private final IdentityHashMap<ObjectNode, List<ObjectNode>> sameValue = new IdentityHashMap<>();
    private final ArrayDeque<Reference> references = new ArrayDeque<>();

    private record Reference(ObjectNode from, URI base, String keyword, String text) {}

    private SchemaGraph(JsonSchemaDraft draft, Deadline deadline) {
        this.idKeyword = draft.idKeyword();
        this.refAlone = draft.refAlone();
        this.patterns = new LinearPatterns(deadline);
        this.deadline = deadline;
    }

    /// @throws UnusableSchemaException if a value could not be checked with the schema
    static void check(ObjectNode schema, JsonSchemaDraft draft, Deadline deadline) {
        var graph = new SchemaGraph(draft, deadline);
        graph.resources.put(ADDRESS, schema);
        graph.add(schema, ADDRESS);
        while (!graph.references.isEmpty()) graph.follow(graph.references.pop());
        graph.refuseEndlessRecursion();
    }

    /// Adds a schema and those inside it.
    private void add(ObjectNode schema, URI outer) {
        if (bases.containsKey(schema)) return;
        deadline.check();
        JsonSchemaDraft.of(schema);
        var hasOnlyRef = refAlone && schema.path("$ref").isTextual();
        var base = hasOnlyRef ? outer : identified(schema, outer);
        bases.put(schema, base);
        sameValue.put(schema, new ArrayList<>());
        addAnchors(schema, base);
        for (var field : schema.properties()) {
            var keyword = field.getKey();
            var applies = SAME_VALUE.contains(keyword) && !hasOnlyRef;
            var value = field.getValue();
            if (value.isObject() && SCHEMA.contains(keyword)) {
                add(schema, value, base, applies);
            } else if ((value.isArray() && SCHEMAS.contains(keyword))
                    || (value.isObject() && NAMED_SCHEMAS.contains(keyword))) {
                for (var each : value) add(schema, each, base, applies);
            }
            addPatterns(keyword, value);
            if (value.isTextual() && REFERENCES.contains(keyword)) {
                references.add(new Reference(schema, base, keyword, value.asText()));
            }
        }
    }

    private void add(ObjectNode outer, JsonNode inner, URI base, boolean applies) {
        if (!(inner instanceof ObjectNode schema)) return;
        add(schema, base);
        if (applies) edges(outer).add(schema);
    }

    private void addPatterns(String keyword, JsonNode value) {
        if (keyword.equals("pattern") && value.isTextual()) {
            patterns.getRegularExpression(value.asText());
        } else if (keyword.equals("patternProperties") && value.isObject()) {
            value.fieldNames().forEachRemaining(patterns::getRegularExpression);
        }
    }

    /// The base of the references in a schema; a schema with an id is a resource of its own.
    private URI identified(ObjectNode schema, URI outer) {
        var id = schema.path(idKeyword);
        if (!id.isTextual() || withoutFragment(id.asText()).isEmpty()) return outer;
        var base = resolved(outer, withoutFragment(id.asText()), idKeyword);
        resources.putIfAbsent(base, schema);
        return base;
    }

    private void addAnchors(ObjectNode schema, URI base) {
        for (var keyword : List.of("$anchor", "$dynamicAnchor")) {
            if (schema.path(keyword).isTextual()) {
                anchors.put(base + "#" + schema.path(keyword).asText(), schema);
            }
        }
        if (schema.path("$dynamicAnchor").isTextual()) {
            dynamic(schema.path("$dynamicAnchor").asText()).add(schema);
        }
        if (schema.path("$recursiveAnchor").asBoolean()) dynamic("").add(schema);
        var id = schema.path(idKeyword).asText();
        if (refAlone && id.indexOf('#') >= 0) {
            anchors.put(base + id.substring(id.indexOf('#')), schema);
        }
    }

    private void follow(Reference reference) {
        deadline.check();
        var target = target(reference);
        if (target instanceof ObjectNode schema) {
            add(schema, bases.getOrDefault(schema, reference.base()));
            edges(reference.from()).add(schema);
        } else if (!target.isBoolean()) {
            throw new UnusableSchemaException(
                    "%s \"%s\" leads to nothing in the schema"
                            .formatted(reference.keyword(), shortened(reference.text())));
        }
        switch (reference.keyword()) {
            case "$dynamicRef" ->
                    edges(reference.from()).addAll(dynamic(fragment(reference.text())));
            case "$recursiveRef" -> edges(reference.from()).addAll(dynamic(""));
            default -> {
                // always the same target
            }
        }
    }

    private JsonNode target(Reference reference) {
        var text = reference.text();
        var base =
                text.isEmpty() || text.startsWith("#")
                        ? reference.base()
                        : resolved(reference.base(), withoutFragment(text), reference.keyword());
        var resource = resources.get(base);
        if (resource == null) {
            throw new UnusableSchemaException(
                    "%s \"%s\" refers to something outside of the schema"
                            .formatted(reference.keyword(), shortened(text)));
        }
        var fragment = fragment(text);
        if (fragment.isEmpty()) return resource;
        if (fragment.startsWith("/")) return resource.at(pointer(fragment));
        var anchor = anchors.get(base + "#" + fragment);
        return anchor == null ? MissingNode.getInstance() : anchor;
    }

    private static JsonPointer pointer(String fragment) {
        try {
            return JsonPointer.compile(
                    URLDecoder.decode(fragment.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
            throw new UnusableSchemaException(
                    "\"#" + shortened(fragment) + "\" is no JSON Pointer");
        }
    }

    private static URI resolved(URI base, String reference, String keyword) {
        try {
            var uri = URI.create(reference);
            return base.isOpaque() ? uri : base.resolve(uri);
        } catch (IllegalArgumentException malformed) {
            throw new UnusableSchemaException(
                    "%s \"%s\" is no URI reference".formatted(keyword, shortened(reference)));
        }
    }

    /// Looks for schemas that lead back to themselves without going deeper into the value.
    private void refuseEndlessRecursion() {
        var ended = new IdentityHashMap<ObjectNode, Boolean>();
        for (var schema : sameValue.keySet()) {
            if (!ended.containsKey(schema)) walk(schema, ended);
        }
    }

    /// @param ended the schemas seen: false while the walk is still inside one
    private void walk(ObjectNode start, IdentityHashMap<ObjectNode, Boolean> ended) {
        var path = new ArrayDeque<Step>();
        path.push(new Step(start, edges(start).iterator()));
        ended.put(start, false);
        while (!path.isEmpty()) {
            deadline.check();
            var step = path.element();
            if (!step.next().hasNext()) {
                ended.put(path.pop().schema(), true);
                continue;
            }
            var next = step.next().next();
            var seen = ended.get(next);
            if (seen == null) {
                ended.put(next, false);
                path.push(new Step(next, edges(next).iterator()));
            } else if (!seen) {
                throw new UnusableSchemaException(
                        "it refers to itself without end: a schema applies itself to the same value");
            }
        }
    }

    private record Step(ObjectNode schema, Iterator<ObjectNode> next) {}

    private List<ObjectNode> edges(ObjectNode schema) {
        return sameValue.computeIfAbsent(schema, _ -> new ArrayList<>());
    }

    private List<ObjectNode> dynamic(String anchor) {
        return dynamicAnchors.computeIfAbsent(anchor, _ -> new ArrayList<>());
    }

    private static String withoutFragment(String reference) {
        int hash = reference.indexOf('#');
        return hash < 0 ? reference : reference.substring(0, hash);
    }

    private static String fragment(String reference) {
        int hash = reference.indexOf('#');
        return hash < 0 ? "" : reference.substring(hash + 1);
    }

    private static String shortened(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
