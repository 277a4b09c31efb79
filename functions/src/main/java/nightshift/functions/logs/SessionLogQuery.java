package nightshift.functions.logs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Fields;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Which entries of a log are asked for.
///
/// @param after only entries with a later time; null: all
/// @param types only these types; empty: all
/// @param excluded not these types
record SessionLogQuery(
        @Nullable Instant after, Set<String> types, Set<String> excluded, int limit, int offset) {
    private static final int DEFAULT_LIMIT = 1_000;
    private static final int LARGEST_LIMIT = 5_000;

    /// @throws ApiException 400 for a value that makes no sense
    static SessionLogQuery of(Call call) {
        return new SessionLogQuery(
                after(call),
                types(call, "event_types"),
                types(call, "exclude_types"),
                number(call, "limit", 1, LARGEST_LIMIT, DEFAULT_LIMIT),
                number(call, "offset", 0, Integer.MAX_VALUE, 0));
    }

    boolean matches(JsonNode entry) {
        if (after != null) {
            var time = SessionLog.time(entry);
            if (time == null || !time.isAfter(after)) {
                return false;
            }
        }
        var type = SessionLog.type(entry);
        return (types.isEmpty() || types.contains(type)) && !excluded.contains(type);
    }

    private static @Nullable Instant after(Call call) {
        var text = call.query("after");
        if (text == null || text.isBlank()) {
            return null;
        }
        var after =
                IsoTime.parseOrNull(
                        text.strip().replace(' ', '+')); // an unencoded plus arrives as a space
        if (after == null) {
            throw ApiException.invalid(
                    "invalid_input",
                    "Datetime has wrong format. Use one of these formats instead:"
                            + " YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
                    "after");
        }
        return after;
    }

    private static Set<String> types(Call call, String parameter) {
        var text = call.query(parameter);
        return text == null
                ? Set.of()
                : Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(type -> !type.isEmpty())
                        .collect(Collectors.toSet());
    }

    private static int number(Call call, String parameter, int least, int most, int otherwise) {
        var text = call.query(parameter);
        return text == null
                ? otherwise
                : (int)
                        new Fields(Json.object().put(parameter, text))
                                .integer(parameter, least, most);
    }
}
