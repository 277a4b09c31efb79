package nightshift.scheduler;

import nightshift.automation.CronExpression;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// Says in EventBridge Scheduler's dialect what a portable cron expression means.
///
/// The dialects disagree about the numbers of weekdays, about steps and about both day fields at
/// once. So values go out one by one or as rising ranges, weekdays by name, `*` only where every
/// value is meant, and an expression that restricts both day fields becomes two: the one fires on
/// its days of the month, the other on its days of the week.
public final class AwsCron {
    private static final List<String> WEEKDAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    private AwsCron() {}

    /// The one or two expressions whose occurrences together are the given one's.
    public static List<String> translate(CronExpression expression) {
        var expressions = new ArrayList<String>();
        boolean byWeekday = expression.dayOfWeekRestricted();
        if ((expression.dayOfMonthRestricted() || !byWeekday) && expression.reachesDayOfMonth()) {
            expressions.add(
                    cron(
                            expression,
                            field(expression.daysOfMonth(), 1, 31, Integer::toString),
                            "?"));
        }
        if (byWeekday) {
            expressions.add(
                    cron(expression, "?", field(expression.daysOfWeek(), 0, 6, WEEKDAYS::get)));
        }
        return List.copyOf(expressions);
    }

    private static String cron(CronExpression expression, String daysOfMonth, String daysOfWeek) {
        return "cron(%s %s %s %s %s *)"
                .formatted(
                        field(expression.minutes(), 0, 59, Integer::toString),
                        field(expression.hours(), 0, 23, Integer::toString),
                        daysOfMonth,
                        field(expression.months(), 1, 12, Integer::toString),
                        daysOfWeek);
    }

    private static String field(long values, int first, int last, IntFunction<String> name) {
        if (Long.bitCount(values) == last - first + 1) {
            return "*";
        }
        var items = new ArrayList<String>();
        for (int from = first; from <= last; from++) {
            if (((values >>> from) & 1) == 1) {
                int to = from + Long.numberOfTrailingZeros(~(values >>> from)) - 1;
                items.add(from == to ? name.apply(from) : name.apply(from) + "-" + name.apply(to));
                from = to;
            }
        }
        return String.join(",", items);
    }
}
