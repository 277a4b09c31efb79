package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private final List<Statement> statements;

    private record Statement(
            List<String> actions, List<String> resources, List<Condition> conditions) {
        boolean allows(IamRequest access) {
            return anyLike(actions, access.action())
                    && anyLike(resources, access.resource())
                    && conditions.stream().allMatch(condition -> condition.holds(access));
        }
    }

    private record Condition(String operator, String key, List<String> values) {
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

    private Permissions(List<Statement> statements) {
        this.statements = statements;
    }

    /// @param documents policies with all references resolved
    static Permissions of(Stream<JsonNode> documents) {
        return new Permissions(
                documents
                        .flatMap(document -> document.path("Statement").valueStream())
                        .map(Permissions::statement)
                        .toList());
    }

    boolean allow(IamRequest access) {
        return statements.stream().anyMatch(statement -> statement.allows(access));
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
