package nightshift.cli.api;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.CliException;
import nightshift.cli.text.TextTable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Finds what a name, an id or a unique prefix of one means.
public final class Names {
    private static final int SHOWN = 5;

    private Names() {}

    /// The one of these things that the text means.
    ///
    /// @param kind for messages, such as `automation`
    /// @param field the field that holds the name
    public static JsonNode find(String kind, String text, Iterable<JsonNode> things, String field) {
        var all = new ArrayList<JsonNode>();
        things.forEach(all::add);
        String wanted = text.strip();
        String lower = wanted.toLowerCase(Locale.ROOT);
        List<Predicate<JsonNode>> ways =
                List.of(
                        thing -> thing.path("id").asText().equals(lower),
                        thing -> thing.path(field).asText().equals(wanted),
                        thing -> thing.path(field).asText().equalsIgnoreCase(wanted),
                        thing -> thing.path("id").asText().startsWith(lower),
                        thing ->
                                thing.path(field)
                                        .asText()
                                        .toLowerCase(Locale.ROOT)
                                        .startsWith(lower));
        for (var way : wanted.isEmpty() ? List.<Predicate<JsonNode>>of() : ways) {
            var found = all.stream().filter(way).toList();
            if (found.size() == 1) {
                return found.getFirst();
            }
            if (found.size() > 1) {
                throw ambiguous(kind, text, found, field);
            }
        }
        throw CliException.refused(
                "There is no " + kind + " \"" + text + "\".",
                kind.equals("channel")
                        ? "`nightshift channels` shows those that there are."
                        : kind.equals("run")
                                ? "`nightshift runs` shows the latest."
                                : "`nightshift ls` shows those that there are.");
    }

    private static CliException ambiguous(
            String kind, String text, List<JsonNode> found, String field) {
        String some =
                found.stream()
                        .limit(SHOWN)
                        .map(thing ->
                                "  "
                                        + thing.path("id").asText()
                                        + "  "
                                        + TextTable.printable(thing.path(field).asText()))
                        .collect(Collectors.joining("\n"));
        return CliException.refused(
                "\"%s\" means %d %ss:%n%s%s"
                        .formatted(
                                text,
                                found.size(),
                                kind,
                                some,
                                found.size() > SHOWN ? "\n  ..." : ""),
                "Give more of the name, or the id.");
    }
}
