package nightshift.automation;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// When an automation runs: a five-field cron expression with the meaning that crontabs have always
/// given it.
///
/// If both day fields are restricted, a day that matches either is enough. A day field is
/// restricted if it leaves out at least one day: `0-6` says as little as `*`. A local time that a
/// change of clocks skips does not occur, and one that it repeats occurs the first time only, as
/// EventBridge Scheduler has it.
public final class CronExpression {
    /// EventBridge Scheduler's calendar ends with this year, and so does every search for an
    /// occurrence.
    private static final int LAST_YEAR = 2199;

    private final String text;
    private final long minutes;
    private final long hours;
    private final long daysOfMonth;
    private final long months;
    private final long daysOfWeek;
    private final boolean dayOfMonthRestricted;
    private final boolean dayOfWeekRestricted;

    private CronExpression(String text, String[] fields) {
        this.text = text;
        this.minutes = CronField.MINUTE.parse(fields[0]);
        this.hours = CronField.HOUR.parse(fields[1]);
        this.daysOfMonth = CronField.DAY_OF_MONTH.parse(fields[2]);
        this.months = CronField.MONTH.parse(fields[3]);
        this.daysOfWeek = CronField.DAY_OF_WEEK.parse(fields[4]);
        this.dayOfMonthRestricted = daysOfMonth != CronField.DAY_OF_MONTH.everything();
        this.dayOfWeekRestricted = daysOfWeek != CronField.DAY_OF_WEEK.everything();
    }

    /// Reads an expression; refuses one that has no occurrence at all.
    public static CronExpression parse(String text) throws CronSyntaxException {
        var expression = read(text);
        if (!expression.dayOfWeekRestricted && !expression.reachesDayOfMonth()) {
            var fields = fields(expression.text);
            throw new CronSyntaxException(
                    "day of month",
                    "\"" + fields[2] + "\" never comes in month \"" + fields[3] + "\"");
        }
        return expression;
    }

    /// Reads an expression that was accepted once. An older version accepted some that have no
    /// occurrence, such as `0 9 31 2 0-6`: they occur never.
    public static CronExpression stored(String text) throws CronSyntaxException {
        return read(text);
    }

    private static CronExpression read(String text) throws CronSyntaxException {
        String trimmed = text.strip();
        String[] fields = fields(trimmed);
        if (fields.length != 5) {
            throw CronSyntaxException.notFiveFields(trimmed.isEmpty() ? 0 : fields.length);
        }
        return new CronExpression(trimmed, fields);
    }

    private static String[] fields(String trimmed) {
        return trimmed.split("\\s+");
    }

    /// The expression as written, trimmed.
    public String text() {
        return text;
    }

    /// The minutes as bits 0 to 59.
    public long minutes() {
        return minutes;
    }

    /// The hours as bits 0 to 23.
    public long hours() {
        return hours;
    }

    /// The days of the month as bits 1 to 31.
    public long daysOfMonth() {
        return daysOfMonth;
    }

    /// The months as bits 1 to 12.
    public long months() {
        return months;
    }

    /// The days of the week as bits 0 (Sunday) to 6.
    public long daysOfWeek() {
        return daysOfWeek;
    }

    /// Whether the day of month leaves out at least one day.
    public boolean dayOfMonthRestricted() {
        return dayOfMonthRestricted;
    }

    /// Whether the day of week leaves out at least one day.
    public boolean dayOfWeekRestricted() {
        return dayOfWeekRestricted;
    }

    /// Whether any of its months is long enough for any of its days of the month.
    public boolean reachesDayOfMonth() {
        return Long.numberOfTrailingZeros(daysOfMonth) <= longestMonth();
    }

    /// Whether a local minute is one of the expression's, whatever the clocks do.
    public boolean matches(LocalDateTime minute) {
        return minute.truncatedTo(ChronoUnit.MINUTES).equals(minute)
                && matches(minute.toLocalDate())
                && has(hours, minute.getHour())
                && has(minutes, minute.getMinute());
    }

    /// Whether the expression has an occurrence at this very instant.
    public boolean occursAt(Instant minute, IanaZone zone) {
        ZoneRules rules = zone.rules().getRules();
        ZoneOffset offset = rules.getOffset(minute);
        var local = LocalDateTime.ofInstant(minute, offset);
        return matches(local) && rules.getValidOffsets(local).getFirst().equals(offset);
    }

    /// The first occurrence strictly after an instant; none if the calendar ends before it.
    public Optional<Instant> next(Instant after, IanaZone zone) {
        ZoneRules rules = zone.rules().getRules();
        var local =
                LocalDateTime.ofInstant(after, rules.getOffset(after))
                        .truncatedTo(ChronoUnit.MINUTES)
                        .plusMinutes(1);
        while (true) {
            Optional<LocalDateTime> candidate = nextMatch(local);
            if (candidate.isEmpty()) {
                return Optional.empty();
            }
            local = candidate.get();
            List<ZoneOffset> offsets = rules.getValidOffsets(local);
            if (!offsets.isEmpty()) {
                Instant occurrence = local.toInstant(offsets.getFirst());
                if (occurrence.isAfter(after)) {
                    return Optional.of(occurrence);
                }
            }
            local = endOfChange(rules.getTransition(local));
        }
    }

    /// The occurrences in a span of time, oldest first.
    public List<Instant> between(Instant afterExclusive, Instant untilInclusive, IanaZone zone) {
        var occurrences = new ArrayList<Instant>();
        Optional<Instant> next = next(afterExclusive, zone);
        while (next.isPresent() && !next.get().isAfter(untilInclusive)) {
            occurrences.add(next.get());
            next = next(next.get(), zone);
        }
        return occurrences;
    }

    /// The local times of the expression that do not exist because the clocks go forward within the
    /// span.
    public List<LocalDateTime> skippedBetween(
            Instant afterExclusive, Instant untilInclusive, IanaZone zone) {
        return changed(afterExclusive, untilInclusive, zone, ZoneOffsetTransition::isGap);
    }

    /// The local times of the expression that come twice because the clocks go back within the
    /// span.
    public List<LocalDateTime> repeatedBetween(
            Instant afterExclusive, Instant untilInclusive, IanaZone zone) {
        return changed(afterExclusive, untilInclusive, zone, ZoneOffsetTransition::isOverlap);
    }

    /// The usual way to write the same sets of values: equal for expressions that differ in
    /// spelling only.
    public String canonical() {
        return String.join(
                " ",
                CronField.MINUTE.canonical(minutes),
                CronField.HOUR.canonical(hours),
                CronField.DAY_OF_MONTH.canonical(daysOfMonth),
                CronField.MONTH.canonical(months),
                CronField.DAY_OF_WEEK.canonical(daysOfWeek));
    }

    /// The expression in plain words: "At 09:00 on Monday to Friday".
    public String describe() {
        return new CronWords(this).sentence();
    }

    /// Whether its day fields leave out no day.
    boolean everyDay() {
        return !dayOfMonthRestricted && !dayOfWeekRestricted;
    }

    private boolean eitherDay() {
        return dayOfMonthRestricted && dayOfWeekRestricted;
    }

    private int longestMonth() {
        int longest = 0;
        for (int month : CronField.MONTH.values(months)) {
            longest = Math.max(longest, Month.of(month).maxLength());
        }
        return longest;
    }

    private List<LocalDateTime> changed(
            Instant after, Instant until, IanaZone zone, Predicate<ZoneOffsetTransition> kind) {
        ZoneRules rules = zone.rules().getRules();
        var times = new ArrayList<LocalDateTime>();
        ZoneOffsetTransition change = rules.nextTransition(after);
        while (change != null && !change.getInstant().isAfter(until)) {
            if (kind.test(change)) {
                LocalDateTime end = endOfChange(change);
                Optional<LocalDateTime> time = nextMatch(startOfChange(change));
                while (time.isPresent() && time.get().isBefore(end)) {
                    times.add(time.get());
                    time = nextMatch(time.get().plusMinutes(1));
                }
            }
            change = rules.nextTransition(change.getInstant());
        }
        return times;
    }

    private static LocalDateTime startOfChange(ZoneOffsetTransition change) {
        return change.isGap() ? change.getDateTimeBefore() : change.getDateTimeAfter();
    }

    private static LocalDateTime endOfChange(ZoneOffsetTransition change) {
        return change.isGap() ? change.getDateTimeAfter() : change.getDateTimeBefore();
    }

    private Optional<LocalDateTime> nextMatch(LocalDateTime from) {
        Optional<LocalTime> today =
                matches(from.toLocalDate()) ? nextMatch(from.toLocalTime()) : Optional.empty();
        if (today.isPresent()) {
            return Optional.of(from.toLocalDate().atTime(today.get()));
        }
        var midnight =
                LocalTime.of(
                        Long.numberOfTrailingZeros(hours), Long.numberOfTrailingZeros(minutes));
        return nextMatch(from.toLocalDate().plusDays(1)).map(day -> day.atTime(midnight));
    }

    private Optional<LocalTime> nextMatch(LocalTime from) {
        int hour = from.getHour();
        int minute = next(minutes, from.getMinute());
        if (!has(hours, hour) || minute == Long.SIZE) {
            hour = next(hours, hour + 1);
            minute = Long.numberOfTrailingZeros(minutes);
        }
        return hour == Long.SIZE ? Optional.empty() : Optional.of(LocalTime.of(hour, minute));
    }

    private Optional<LocalDate> nextMatch(LocalDate from) {
        LocalDate day = from;
        while (!matches(day)) {
            day =
                    has(months, day.getMonthValue())
                            ? day.plusDays(1)
                            : day.withDayOfMonth(1).plusMonths(1);
            if (day.getYear() > LAST_YEAR) {
                return Optional.empty();
            }
        }
        return Optional.of(day);
    }

    private boolean matches(LocalDate day) {
        if (!has(months, day.getMonthValue())) {
            return false;
        }
        boolean ofMonth = has(daysOfMonth, day.getDayOfMonth());
        boolean ofWeek = has(daysOfWeek, day.getDayOfWeek().getValue() % 7);
        return eitherDay() ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private static boolean has(long set, int value) {
        return ((set >>> value) & 1) == 1;
    }

    /// The smallest value of a set that is not below a bound; 64 if there is none.
    private static int next(long set, int bound) {
        return Long.numberOfTrailingZeros(set & (-1L << bound));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronExpression that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
