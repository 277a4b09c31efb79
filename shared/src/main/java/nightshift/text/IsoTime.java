package nightshift.text;

import org.jspecify.annotations.Nullable;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// Times in ISO 8601.
public final class IsoTime {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx");

    private IsoTime() {}

    /// A time in a zone, with its offset.
    public static String local(Instant instant, ZoneId zone) {
        return LOCAL.format(instant.atZone(zone));
    }

    /// A time as the API prints it: in UTC, microseconds only if there are any; null for null.
    public static @Nullable String format(@Nullable Instant instant) {
        if (instant == null) {
            return null;
        }
        var micros = instant.truncatedTo(ChronoUnit.MICROS);
        return (micros.equals(micros.truncatedTo(ChronoUnit.SECONDS)) ? SECONDS : MICROSECONDS)
                .format(micros);
    }

    /// A time as callers send it, in UTC if it names no offset; null if it is not readable.
    public static @Nullable Instant parseOrNull(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException _) {
            try {
                return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            } catch (DateTimeException _) {
                return null;
            }
        }
    }
}
