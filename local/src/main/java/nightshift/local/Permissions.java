package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Evaluates the policies of a role. It supports the part of IAM's policy language that the
/// template uses, and throws at anything else.
///
/// @see <a
///   href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html">AWS:
///   elements of a policy</a>
final class Permissions {
    private static final Set<String> ELEMENTS =
            Set.of("Sid", "Effect", "Action", "Resource", "Condition");

    private static final Set<String> OPERATORS =
            Set.of("ForAllValues:StringLike", "StringLikeIfExists", "StringEquals");

    private final String owner;
    private final List<Statement> statements;

    private record Statement(
            String sid, List<String> actions, List<String> resources, List<Condition> conditions) {
        boolean allows(IamRequest access) {
            return anyLike(actions, access.action())
                    && anyLike(resources, access.resource())
                    && conditions.stream().allMatch(condition -> condition.holds(access));
        }

        /// Everything that it allows: each action on each resource with each value of a condition.
        Stream<String> all() {
            return lines(actions.stream(), resources, Condition::values);
        }

        /// What of it a request needs.
        Stream<String> used(IamRequest access) {
            return lines(
                    actions.stream().filter(pattern -> like(pattern, access.action())),
                    resources.stream().filter(pattern -> like(pattern, access.resource())).toList(),
                    condition -> condition.matched(access));
        }

        private Stream<String> lines(
                Stream<String> actions,
                List<String> resources,
                Function<Condition, List<String>> values) {
            return actions.map(action -> sid + " " + action)
                    .flatMap(line -> resources.stream().map(resource -> line + " " + resource))
                    .flatMap(line ->
                            conditions.isEmpty()
                                    ? Stream.of(line)
                                    : conditions.stream()
                                            .flatMap(condition -> values.apply(condition).stream())
                                            .map(value -> line + " " + value));
        }
    }

    private record Condition(String operator, String key, List<String> values) {
        /// The patterns that the request's values match. A condition that a request without values
        /// meets is needed as it is.
        List<String> matched(IamRequest access) {
            var asked = access.context().get(key);
            if (asked == null) return values;
            return values.stream()
                    .filter(pattern -> asked.stream().anyMatch(value -> like(pattern, value)))
                    .toList();
        }

        boolean holds(IamRequest access) {
            var asked = access.context().get(key);
            return switch (operator) {
                case "ForAllValues:StringLike" -> // true without values, as in IAM
                        asked == null || asked.stream().allMatch(value -> anyLike(values, value));
                case "StringLikeIfExists" ->
                        asked == null || asked.stream().anyMatch(value -> anyLike(values, value));
                default -> asked != null && asked.stream().anyMatch(values::contains);
            };
        }
    }

    private Permissions(String owner, List<Statement> statements) {
        this.owner = owner;
        this.statements = statements;
    }

    /// @param owner the function with these permissions
    /// @param documents policies with all references resolved
    static Permissions of(String owner, Stream<JsonNode> documents) {
        return new Permissions(
                owner,
                documents
                        .flatMap(document -> document.path("Statement").valueStream())
                        .map(Permissions::statement)
                        .toList());
    }

    boolean allow(IamRequest access) {
        for (var statement : statements) {
            if (!statement.allows(access)) continue;
            statement.used(access).forEach(use -> PermissionUses.add(owner + " " + use));
            return true;
        }
        return false;
    }

    /// Everything that the statements allow, in the form of [PermissionUses].
    List<String> all() {
        return statements.stream().flatMap(Statement::all).map(line -> owner + " " + line).toList();
    }

    private static Statement statement(JsonNode statement) {
        var operators = statement.path("Condition");
        boolean known =
                statement.path("Effect").asText().equals("Allow")
                        && names(statement).allMatch(ELEMENTS::contains)
                        && names(operators).allMatch(OPERATORS::contains);
        if (!known) {
            throw new IllegalArgumentException(
                    "The local run does not know all that this policy says: " + statement);
        }
        return new Statement(
                statement.path("Sid").asText(),
                texts(statement.path("Action")),
                texts(statement.path("Resource")),
                names(operators)
                        .flatMap(operator -> conditions(operator, operators.path(operator)))
                        .toList());
    }

    private static Stream<Condition> conditions(String operator, JsonNode keys) {
        return names(keys).map(key -> new Condition(operator, key, texts(keys.path(key))));
    }

    private static Stream<String> names(JsonNode object) {
        return object.propertyStream().map(Map.Entry::getKey);
    }

    private static List<String> texts(JsonNode oneOrMore) {
        return oneOrMore.isArray()
                ? oneOrMore.valueStream().map(JsonNode::asText).toList()
                : List.of(oneOrMore.asText());
    }

    private static boolean anyLike(List<String> patterns, String text) {
        return patterns.stream().anyMatch(pattern -> like(pattern, text));
    }

    /// Matches a pattern: `*` is any text, `?` is any character.
    private static boolean like(String pattern, String text) {
        var regex = Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q");
        return Pattern.matches(regex, text);
    }
}
