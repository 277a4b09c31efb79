package nightshift.automation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One of the five fields of a cron expression: its range, its names, and how its text becomes a
/// set of values.
///
/// A set is a bit mask: bit `n` stands for the value `n`.
enum CronField {
    MINUTE("minute", 0, 59, List.of()),
    HOUR("hour", 0, 23, List.of()),
    DAY_OF_MONTH("day of month", 1, 31, List.of()),
    MONTH(
            "month",
            1,
            12,
            List.of(
                    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                    "dec")),
    DAY_OF_WEEK("day of week", 0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

    private static final int MORE_THAN_ANY_FIELD = 1_000;

    private final String label;
    private final int first;
    private final int last;

    @SuppressWarnings("ImmutableEnumChecker") // every list of names is an unmodifiable one
    private final List<String> names;

    CronField(String label, int first, int last, List<String> names) {
        this.label = label;
        this.first = first;
        this.last = last;
        this.names = names;
    }

    int first() {
        return first;
    }

    int last() {
        return last;
    }

    long everything() {
        return (-1L >>> (63 - last)) & (-1L << first);
    }

    List<Integer> values(long set) {
        var values = new ArrayList<Integer>();
        for (int value = first; value <= last; value++) {
            if (((set >>> value) & 1) == 1) values.add(value);
        }
        return values;
    }

    /// The shortest usual way to write a set: `*`, a step over the whole field, or rising values
    /// and ranges.
    String canonical(long set) {
        if (set == everything()) {
            return "*";
        }
        for (int step = 2; step <= (last - first) / 2; step++) {
            if (set == every(step, first, last)) {
                return "*/" + step;
            }
        }
        var items = new ArrayList<String>();
        for (int value = first; value <= last; value++) {
            int length = Long.numberOfTrailingZeros(~(set >>> value));
            if (length > 0) {
                items.add(length == 1 ? "" + value : value + "-" + (value + length - 1));
                value += length;
            }
        }
        return String.join(",", items);
    }

    static boolean isWildcard(String text) {
        return text.equals("*") || text.equals("?");
    }

    long parse(String text) {
        long set = 0;
        for (var item : text.split(",", -1)) set |= item(item);
        return set;
    }

    private long item(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return isWildcard(text) ? everything() : range(text, 1);
        }
        String base = text.substring(0, slash);
        int step = number(text.substring(slash + 1), text);
        if (step == 0) {
            throw refuse("a step of 0 in \"" + text + "\"");
        }
        if (isWildcard(base)) {
            return every(step, first, last);
        }
        return base.contains("-") ? range(base, step) : from(value(base, text), step);
    }

    private long from(int start, int step) {
        return every(step, start > last ? first : start, last);
    }

    private long range(String text, int step) {
        int dash = text.indexOf('-');
        if (dash < 0) {
            int only = value(text, text);
            return every(step, only, only);
        }
        int from = value(text.substring(0, dash), text);
        int to = value(text.substring(dash + 1), text);
        return every(step, from, to < from ? to + size() : to);
    }

    /// Values beyond the field's end are those of the next hour, day, month, year or week: a range
    /// may wrap.
    private long every(int step, int from, int to) {
        long set = 0;
        for (int value = from; value <= to; value += step) {
            set |= 1L << (first + (value - first) % size());
        }
        return set;
    }

    private int value(String text, String item) {
        int name = names.indexOf(text.toLowerCase(Locale.ROOT));
        if (name >= 0) {
            return first + name;
        }
        int value = number(text, item);
        if (value < first || value > lastWritten()) {
            throw refuse("\"%s\" is not between %d and %d".formatted(text, first, lastWritten()));
        }
        return value;
    }

    private int number(String text, String item) {
        if (text.isEmpty()) {
            throw refuse(
                    item.isEmpty()
                            ? "a value is missing"
                            : "a value is missing in \"" + item + "\"");
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                throw refuse("\"%s\" is neither a number nor a name".formatted(text));
            }
            number = Math.min(number * 10 + (digit - '0'), MORE_THAN_ANY_FIELD);
        }
        return number;
    }

    /// Sunday may be written 0 or 7, so the days of the week end one value later in a text than in
    /// a set.
    private int lastWritten() {
        return this == DAY_OF_WEEK ? 7 : last;
    }

    private int size() {
        return last - first + 1;
    }

    private CronSyntaxException refuse(String reason) {
        return new CronSyntaxException(label, reason);
    }
}
