package nightshift.local;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Evaluates `cron(...)`, `rate(...)` and `at(...)` of EventBridge Scheduler, as AWS documents
/// them.
///
/// It accepts only the documented forms. It shares no code with the translation of cron
/// expressions, so that the tests can compare the two.
final class AwsCronEvaluator {
    private static final int LONGEST = 256;
    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 2199;

    private static final Pattern CALL = Pattern.compile("(cron|rate|at)\\((.*)\\)");
    private static final Pattern RATE = Pattern.compile("([0-9]{1,9})\\s+(minute|hour|day)s?");
    private static final Pattern ITEM =
            Pattern.compile("(?:\\*|(?<from>\\w+)(?:-(?<to>\\w+))?)(?<step>/(?<by>[0-9]{1,4}))?");
    private static final Pattern NEAREST_WEEKDAY = Pattern.compile("([0-9]{1,2})W");
    private static final Pattern NTH_WEEKDAY = Pattern.compile("(\\w+)#([1-5])");
    private static final Pattern LAST_WEEKDAY = Pattern.compile("(\\w+)L");

    private static final Field MINUTES = new Field("minutes", 0, 59, List.of());
    private static final Field HOURS = new Field("hours", 0, 23, List.of());
    private static final Field DAYS = new Field("day-of-month", 1, 31, List.of());
    private static final Field MONTHS =
            new Field(
                    "month",
                    1,
                    12,
                    List.of(
                            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT",
                            "NOV", "DEC"));
    private static final Field WEEKDAYS =
            new Field(
                    "day-of-week", 1, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));
    private static final Field YEARS = new Field("year", FIRST_YEAR, LAST_YEAR, List.of());

    private final Recurrence recurrence;

    private AwsCronEvaluator(Recurrence recurrence) {
        this.recurrence = recurrence;
    }

    /// Parses a schedule expression. The error message begins like the service's and adds the
    /// reason.
    static AwsCronEvaluator parse(String expression) {
        try {
            return new AwsCronEvaluator(recurrence(expression));
        } catch (Invalid reason) {
            throw new IllegalArgumentException(
                    "Invalid Schedule Expression " + expression + ". " + reason.getMessage(),
                    reason);
        }
    }

    /// The first firing after an instant. A rate counts from that instant, which is its last firing
    /// or its start.
    Optional<Instant> next(Instant after, ZoneId zone) {
        return recurrence.next(after, zone);
    }

    private static Recurrence recurrence(String expression) {
        Matcher call = CALL.matcher(expression);
        if (expression.length() > LONGEST) {
            throw new Invalid("It is longer than " + LONGEST + " characters");
        }
        if (!call.matches()) {
            throw new Invalid("It is none of cron(...), rate(...) and at(...)");
        }
        return switch (call.group(1)) {
            case "cron" -> cron(call.group(2).strip().split("\\s+"));
            case "rate" -> rate(call.group(2).strip());
            default -> once(call.group(2).strip());
        };
    }

    private static Recurrence rate(String text) {
        Matcher rate = RATE.matcher(text);
        if (!rate.matches() || Integer.parseInt(rate.group(1)) == 0) {
            throw new Invalid("A rate is a positive number of minutes, hours or days");
        }
        int value = Integer.parseInt(rate.group(1));
        // A day of a rate has 24 hours, also at a change of the UTC offset.
        Duration period =
                switch (rate.group(2)) {
                    case "minute" -> Duration.ofMinutes(value);
                    case "hour" -> Duration.ofHours(value);
                    default -> Duration.ofDays(value);
                };
        return (after, zone) -> Optional.of(after.plus(period));
    }

    private static Recurrence once(String text) {
        try {
            var time = LocalDateTime.parse(text).truncatedTo(ChronoUnit.SECONDS);
            return (after, zone) -> existing(time, zone).filter(instant -> instant.isAfter(after));
        } catch (DateTimeParseException unreadable) {
            throw new Invalid("A time is written yyyy-mm-ddThh:mm:ss", unreadable);
        }
    }

    private static Recurrence cron(String[] fields) {
        if (fields.length != 6) {
            throw new Invalid("A cron expression has six fields, not " + fields.length);
        }
        if (fields[2].equals("?") == fields[4].equals("?")) {
            throw new Invalid("Exactly one of day-of-month and day-of-week is ?");
        }
        return new Cron(
                MINUTES.values(fields[0]),
                HOURS.values(fields[1]),
                fields[2].equals("?") ? dayOfWeek(fields[4]) : dayOfMonth(fields[2]),
                MONTHS.values(fields[3]),
                YEARS.values(fields[5]));
    }

    private static Predicate<LocalDate> dayOfMonth(String text) {
        if (text.equals("L")) {
            return day -> day.getDayOfMonth() == day.lengthOfMonth();
        }
        Matcher nearest = NEAREST_WEEKDAY.matcher(text);
        if (nearest.matches()) {
            int wanted = DAYS.value(nearest.group(1));
            return day ->
                    wanted <= day.lengthOfMonth()
                            && day.equals(nearestWeekday(day.withDayOfMonth(wanted)));
        }
        BitSet days = DAYS.values(text);
        return day -> days.get(day.getDayOfMonth());
    }

    /// The nearest weekday in the same month: the 1st on a Saturday moves to Monday the 3rd.
    private static LocalDate nearestWeekday(LocalDate day) {
        return switch (day.getDayOfWeek()) {
            case SATURDAY -> day.getDayOfMonth() == 1 ? day.plusDays(2) : day.minusDays(1);
            case SUNDAY ->
                    day.getDayOfMonth() == day.lengthOfMonth() ? day.minusDays(2) : day.plusDays(1);
            default -> day;
        };
    }

    private static Predicate<LocalDate> dayOfWeek(String text) {
        if (text.equals("L")) {
            return day -> day.getDayOfWeek() == DayOfWeek.SATURDAY;
        }
        Matcher last = LAST_WEEKDAY.matcher(text);
        if (last.matches()) {
            DayOfWeek weekday = weekday(last.group(1));
            return day -> day.equals(day.with(TemporalAdjusters.lastInMonth(weekday)));
        }
        Matcher nth = NTH_WEEKDAY.matcher(text);
        if (nth.matches()) {
            DayOfWeek weekday = weekday(nth.group(1));
            int ordinal = Integer.parseInt(nth.group(2));
            return day ->
                    day.equals(day.with(TemporalAdjusters.dayOfWeekInMonth(ordinal, weekday)));
        }
        if (text.contains("/")) {
            throw new Invalid("The day-of-week knows no increments");
        }
        BitSet weekdays = WEEKDAYS.values(text);
        return day -> weekdays.get(day.getDayOfWeek().getValue() % 7 + 1);
    }

    private static DayOfWeek weekday(String text) {
        return DayOfWeek.SATURDAY.plus(WEEKDAYS.value(text));
    }

    /// The first instant of a local time, or empty if the time is skipped.
    private static Optional<Instant> existing(LocalDateTime time, ZoneId zone) {
        var resolved = time.atZone(zone);
        return resolved.toLocalDateTime().equals(time)
                ? Optional.of(resolved.toInstant())
                : Optional.empty();
    }

    private interface Recurrence {
        Optional<Instant> next(Instant after, ZoneId zone);
    }

    private record Cron(
            BitSet minutes, BitSet hours, Predicate<LocalDate> day, BitSet months, BitSet years)
            implements Recurrence {
        @Override
        public Optional<Instant> next(Instant after, ZoneId zone) {
            var now = LocalDateTime.ofInstant(after, zone);
            LocalDate last = LocalDate.of(years.length(), 1, 1);
            for (LocalDate date = now.toLocalDate(); date.isBefore(last); date = date.plusDays(1)) {
                if (years.get(date.getYear())
                        && months.get(date.getMonthValue())
                        && day.test(date)) {
                    boolean today = date.equals(now.toLocalDate());
                    Optional<Instant> firing = next(date, today ? now.getHour() : 0, after, zone);
                    if (firing.isPresent()) {
                        return firing;
                    }
                }
            }
            return Optional.empty();
        }

        private Optional<Instant> next(LocalDate date, int firstHour, Instant after, ZoneId zone) {
            for (int hour = hours.nextSetBit(firstHour);
                    hour >= 0;
                    hour = hours.nextSetBit(hour + 1)) {
                for (int minute = minutes.nextSetBit(0);
                        minute >= 0;
                        minute = minutes.nextSetBit(minute + 1)) {
                    Optional<Instant> firing = existing(date.atTime(hour, minute), zone);
                    if (firing.isPresent() && firing.get().isAfter(after)) {
                        return firing;
                    }
                }
            }
            return Optional.empty();
        }
    }

    private record Field(String name, int first, int last, List<String> names) {
        BitSet values(String text) {
            var values = new BitSet();
            for (String item : text.split(",", -1)) {
                add(item, values);
            }
            return values;
        }

        private void add(String text, BitSet values) {
            Matcher item = ITEM.matcher(text);
            if (!item.matches()) {
                throw invalid(text);
            }
            boolean stepped = item.group("step") != null;
            int by = stepped ? Integer.parseInt(item.group("by")) : 1;
            int from = item.group("from") == null ? first : value(item.group("from"));
            int to =
                    item.group("to") != null
                            ? value(item.group("to"))
                            : openEnd(item, stepped, from);
            if (from > to || by < 1 || by > last) {
                throw invalid(text);
            }
            for (int value = from; value <= to; value += by) {
                values.set(value);
            }
        }

        private int openEnd(Matcher item, boolean stepped, int from) {
            return stepped || item.group("from") == null ? last : from;
        }

        int value(String text) {
            int name = names.indexOf(text);
            if (name >= 0) {
                return first + name;
            }
            if (!text.matches("[0-9]{1,4}")
                    || Integer.parseInt(text) < first
                    || Integer.parseInt(text) > last) {
                throw invalid(text);
            }
            return Integer.parseInt(text);
        }

        private Invalid invalid(String text) {
            return new Invalid("\"" + text + "\" is no " + name + " from " + first + " to " + last);
        }
    }

    private static final class Invalid extends RuntimeException {
        private static final long serialVersionUID = 1;

        Invalid(String reason) {
            super(reason);
        }

        Invalid(String reason, Throwable cause) {
            super(reason, cause);
        }
    }
}
