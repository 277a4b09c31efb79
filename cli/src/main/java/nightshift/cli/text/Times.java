package nightshift.cli.text;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Times for people, in the zone of this machine.
public final class Times {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ENGLISH);

    private Times() {}

    /// A timestamp of the API to the minute, in this machine's zone; `-` if there is none.
    public static String local(JsonNode timestamp) {
        return in(timestamp, ZoneId.systemDefault());
    }

    /// A timestamp of the API to the minute; `-` if there is none.
    public static String in(JsonNode timestamp, ZoneId zone) {
        if (!timestamp.isTextual()) {
            return "-";
        }
        try {
            return minute(Instant.parse(timestamp.asText()), zone);
        } catch (DateTimeException other) {
            return timestamp.asText();
        }
    }

    /// A moment to the minute.
    public static String minute(Instant moment, ZoneId zone) {
        return MINUTE.format(moment.atZone(zone));
    }

    /// A number of seconds as `1h 2m`, `3m 4s` or `5s`.
    public static String duration(JsonNode seconds) {
        if (!seconds.isNumber()) {
            return "-";
        }
        var duration = Duration.ofSeconds(seconds.asLong());
        if (duration.toHours() > 0) {
            return duration.toHours() + "h " + duration.toMinutesPart() + "m";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + "m " + duration.toSecondsPart() + "s"
                : duration.toSeconds() + "s";
    }

    /// A span such as `90m`, `24h` or `7d` before `now`, or a moment in ISO 8601.
    public static Instant since(String text, Instant now) {
        try {
            if (text.matches("[0-9]{1,6}[mhd]")) {
                long number = Long.parseLong(text.substring(0, text.length() - 1));
                return now.truncatedTo(ChronoUnit.SECONDS)
                        .minus(
                                switch (text.charAt(text.length() - 1)) {
                                    case 'm' -> Duration.ofMinutes(number);
                                    case 'h' -> Duration.ofHours(number);
                                    default -> Duration.ofDays(number);
                                });
            }
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant()
                    : Instant.parse(text);
        } catch (DateTimeException notATime) {
            throw CliException.usage(
                    "\"" + text + "\" is no time.",
                    "Write a span such as 90m, 24h or 7d, a date such as 2026-04-02, or"
                            + " 2026-04-02T09:00:00Z.");
        }
    }
}
