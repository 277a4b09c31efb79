package nightshift.automation;

import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/// Says in plain English when an expression occurs; every phrase is exact, the common ones are also
/// pleasant.
final class CronWords {
    private static final int FEW = 6;

    private final CronExpression cron;
    private final List<Integer> minutes;
    private final List<Integer> hours;
    private final boolean everyDay;
    private final boolean everyMonth;

    CronWords(CronExpression cron) {
        this.cron = cron;
        this.minutes = CronField.MINUTE.values(cron.minutes());
        this.hours = CronField.HOUR.values(cron.hours());
        this.everyDay = cron.everyDay();
        this.everyMonth = cron.months() == CronField.MONTH.everything();
    }

    String sentence() {
        String times = times();
        return times + (everyDay ? everyDay(times) : days());
    }

    private String times() {
        if (hours.size() == 24) {
            return minutesOfEveryHour();
        }
        if (minutes.size() == 1) {
            return hoursOfTheDay();
        }
        int times = minutes.size() * hours.size();
        if (times <= FEW && minutes.size() == 2) {
            return "At " + clockTimes();
        }
        List<Run> spans = runs(cron.hours(), 0, 23, everyDay && everyMonth);
        int pace = pace(minutes, 60);
        if (pace > 0 && spans.size() <= 3) {
            return every(pace, "minute") + " " + join(spans.stream().map(this::span).toList());
        }
        return times <= FEW
                ? "At " + clockTimes()
                : "At "
                        + pastTheHour()
                        + (hours.size() == 1 ? " the hour " : " the hours ")
                        + words(runs(cron.hours(), 0, 23, false), Integer::toString);
    }

    private String minutesOfEveryHour() {
        int pace = pace(minutes, 60);
        int first = minutes.getFirst();
        if (minutes.size() == 1) {
            return first == 0 ? "Every hour" : "At " + pastTheHour() + " every hour";
        }
        if (pace > 0 && first == 0) {
            return every(pace, "minute");
        }
        return pace > 0 && minutes.size() > FEW
                ? every(pace, "minute") + " from " + count(first, "minute") + " past the hour"
                : "At " + pastTheHour() + " every hour";
    }

    private String hoursOfTheDay() {
        int pace = pace(hours, 24);
        if (pace > 1 && hours.size() > 2) {
            String every = every(pace, "hour");
            boolean onTheHour = minutes.getFirst() == 0 && hours.getFirst() == 0;
            return onTheHour
                    ? every
                    : every + " from " + clock(hours.getFirst(), minutes.getFirst());
        }
        List<Run> spans = runs(cron.hours(), 0, 23, everyDay && everyMonth);
        return spans.stream().anyMatch(span -> span.length() > 2)
                ? "Every hour " + join(spans.stream().map(this::span).toList())
                : "At " + clockTimes();
    }

    private String span(Run hours) {
        String from = clock(hours.from(), minutes.getFirst());
        String to = clock(hours.to(), minutes.getLast());
        return from.equals(to) ? "at " + from : "from " + from + " to " + to;
    }

    private String clockTimes() {
        var times = new ArrayList<String>();
        for (int hour : hours) {
            for (int minute : minutes) {
                times.add(clock(hour, minute));
            }
        }
        return join(times);
    }

    private String pastTheHour() {
        String values = words(runs(cron.minutes(), 0, 59, false), Integer::toString);
        return values + (values.equals("1") ? " minute past" : " minutes past");
    }

    private String everyDay(String times) {
        String daily = times.startsWith("At") && hours.size() < 24 ? " every day" : "";
        return everyMonth ? daily : daily + " in " + months();
    }

    private String days() {
        boolean ofMonth = cron.dayOfMonthRestricted() && cron.reachesDayOfMonth();
        if (!cron.dayOfWeekRestricted()) {
            return daysOfMonth();
        }
        return (ofMonth ? daysOfMonth() + " and" : "") + daysOfWeek();
    }

    private String daysOfMonth() {
        String days = words(runs(cron.daysOfMonth(), 1, 31, false), Integer::toString);
        boolean one = Long.bitCount(cron.daysOfMonth()) == 1;
        return (one ? " on day " : " on days ")
                + days
                + " of "
                + (everyMonth ? "the month" : months());
    }

    private String daysOfWeek() {
        long mondayFirst = (cron.daysOfWeek() & 1) << 7 | (cron.daysOfWeek() & ~1L);
        String days =
                words(
                        runs(mondayFirst, 1, 7, true),
                        day -> DayOfWeek.of(day).getDisplayName(TextStyle.FULL, Locale.ENGLISH));
        return " on " + days + (everyMonth ? "" : " in " + months());
    }

    private String months() {
        return words(
                runs(cron.months(), 1, 12, true),
                month -> Month.of(month).getDisplayName(TextStyle.FULL, Locale.ENGLISH));
    }

    /// The constant distance between values that go on evenly from one cycle to the next; 0 if
    /// there is none.
    private static int pace(List<Integer> values, int cycle) {
        int pace = cycle / values.size();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) != values.getFirst() + i * pace) {
                return 0;
            }
        }
        return values.size() * pace == cycle ? pace : 0;
    }

    private static String every(int pace, String unit) {
        return "Every " + (pace == 1 ? unit : count(pace, unit));
    }

    private static String count(int number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s");
    }

    private static String clock(int hour, int minute) {
        return "%s:%s".formatted(twoDigits(hour), twoDigits(minute));
    }

    private static String twoDigits(int number) {
        return (number < 10 ? "0" : "").concat(Integer.toString(number));
    }

    private static String words(List<Run> runs, IntFunction<String> name) {
        var words = new ArrayList<String>();
        for (Run run : runs) {
            if (run.length() > 2) {
                words.add(name.apply(run.from()) + " to " + name.apply(run.to()));
            } else {
                words.add(name.apply(run.from()));
                if (run.length() == 2) {
                    words.add(name.apply(run.to()));
                }
            }
        }
        return join(words);
    }

    private static String join(List<String> words) {
        int last = words.size() - 1;
        return last == 0
                ? words.getFirst()
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    /// The stretches of neighbouring values; in a cycle the first value is also the last one's
    /// neighbour.
    private static List<Run> runs(long set, int first, int last, boolean cyclic) {
        int size = last - first + 1;
        var runs = new ArrayList<Run>();
        for (int from = first; from <= last; from++) {
            int before = from > first ? from - 1 : cyclic ? last : -1;
            if (has(set, from) && (before < 0 || !has(set, before))) {
                int length = 1;
                while (length < size
                        && has(set, first + (from - first + length) % size)
                        && (cyclic || from + length <= last)) {
                    length++;
                }
                runs.add(new Run(from, first + (from - first + length - 1) % size, length));
            }
        }
        return runs.isEmpty() ? List.of(new Run(first, last, size)) : runs;
    }

    private static boolean has(long set, int value) {
        return ((set >>> value) & 1) == 1;
    }

    private record Run(int from, int to, int length) {}
}
