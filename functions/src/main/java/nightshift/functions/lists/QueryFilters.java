package nightshift.functions.lists;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.text.IsoTime;
import nightshift.text.UuidText;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// The query parameters that the lists of a project share. An empty one is none.
final class QueryFilters {
    private QueryFilters() {}

    static Optional<String> text(Call call, String parameter) {
        return Optional.ofNullable(call.query(parameter))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    /// A time in ISO 8601; null: none.
    static @Nullable Instant time(Call call, String parameter) {
        return text(call, parameter)
                .map(text -> text.replace(' ', '+')) // an unencoded plus arrives as a space
                .map(text ->
                        Optional.ofNullable(IsoTime.parseOrNull(text))
                                .orElseThrow(() ->
                                        ApiException.invalid(
                                                "invalid_input",
                                                "Datetime has wrong format. Use one of these formats"
                                                        + " instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
                                                parameter)))
                .orElse(null);
    }

    /// An object's id; null: none.
    static @Nullable UUID id(Call call, String parameter) {
        return text(call, parameter)
                .map(text -> {
                    if (!UuidText.matches(text)) {
                        throw ApiException.invalid(
                                "invalid_input", "Must be a valid UUID.", parameter);
                    }
                    return UUID.fromString(text);
                })
                .orElse(null);
    }
}
