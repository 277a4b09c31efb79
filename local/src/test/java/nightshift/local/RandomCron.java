package nightshift.local;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// A random cron expression with its meaning, which comes from the generator and not from a parser.
record RandomCron(
        String text,
        BitSet minutes,
        BitSet hours,
        BitSet daysOfMonth,
        BitSet months,
        BitSet daysOfWeek,
        boolean eitherDay) {
    private static final List<String> MONTHS =
            List.of(
                    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                    "DEC");
    private static final List<String> WEEKDAYS =
            List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    static RandomCron next(SplittableRandom random) {
        var minutes = new Field(random, 0, 59, List.of(), 15);
        var hours = new Field(random, 0, 23, List.of(), 25);
        var daysOfMonth = new Field(random, 1, 31, List.of(), 50);
        var months = new Field(random, 1, 12, MONTHS, 60);
        var daysOfWeek = new Field(random, 0, 6, WEEKDAYS, 50);
        String space = random.nextInt(20) == 0 ? " \t " : " ";
        return new RandomCron(
                String.join(
                        space,
                        minutes.text,
                        hours.text,
                        daysOfMonth.text,
                        months.text,
                        daysOfWeek.text),
                minutes.values,
                hours.values,
                daysOfMonth.values,
                months.values,
                daysOfWeek.values,
                daysOfMonth.values.cardinality() < 31 && daysOfWeek.values.cardinality() < 7);
    }

    boolean matches(LocalDateTime time) {
        boolean ofMonth = daysOfMonth.get(time.getDayOfMonth());
        boolean ofWeek = daysOfWeek.get(time.getDayOfWeek().getValue() % 7);
        return minutes.get(time.getMinute())
                && hours.get(time.getHour())
                && months.get(time.getMonthValue())
                && (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    private static final class Field {
        final BitSet values = new BitSet();
        final String text;
        private final SplittableRandom random;
        private final int first;
        private final int last;
        private final List<String> names;

        Field(
                SplittableRandom random,
                int first,
                int last,
                List<String> names,
                int percentWildcards) {
            this.random = random;
            this.first = first;
            this.last = last;
            this.names = names;
            if (random.nextInt(100) < percentWildcards) {
                text = everything();
                values.set(first, last + 1);
            } else {
                var items = new ArrayList<String>();
                int count = random.nextInt(3) > 0 ? 1 : 1 + random.nextInt(4);
                for (int i = 0; i < count; i++) {
                    items.add(item());
                }
                text = String.join(",", items);
            }
        }

        /// A field for all values, in one of its notations.
        private String everything() {
            int middle = random.nextInt(first, last);
            return switch (random.nextInt(12)) {
                case 0, 1 -> "?";
                case 2 -> "*/1";
                case 3 -> written(first, 0) + "-" + written(last, 0);
                case 4 -> written(middle + 1, 0) + "-" + written(middle, 0);
                case 5 ->
                        "%s-%s,%s-%s"
                                .formatted(
                                        written(first, 0),
                                        written(middle, 0),
                                        written(middle + 1, 0),
                                        written(last, 0));
                case 6 -> written(middle) + ",*";
                default -> "*";
            };
        }

        private String item() {
            int from = random.nextInt(first, last + 1);
            int length = 1 + random.nextInt(last - first + 1);
            int step = 1 + random.nextInt(random.nextBoolean() ? 5 : last + 2);
            return switch (random.nextInt(8)) {
                case 0 -> "*/" + steps(first, last, step);
                case 1 -> written(from) + "/" + steps(from, last, step);
                case 2 -> range(from, length, 1);
                case 3 -> range(from, length, step) + "/" + step;
                default -> {
                    values.set(from);
                    yield written(from);
                }
            };
        }

        private String range(int from, int length, int step) {
            for (int i = 0; i < length; i += step) {
                values.set(first + (from - first + i) % (last - first + 1));
            }
            int to = first + (from - first + length - 1) % (last - first + 1);
            // Only a range that contains Saturday may end on Sunday as 7: "0-7" is a whole week.
            return written(from, 0) + "-" + written(to, to < from ? 1 : 0);
        }

        private int steps(int from, int to, int step) {
            for (int value = from; value <= to; value += step) {
                values.set(value);
            }
            return step;
        }

        private String written(int value) {
            return written(value, random.nextInt(2));
        }

        private String written(int value, int sundayAs7) {
            if (!names.isEmpty() && random.nextBoolean()) {
                String name = names.get(value - first);
                return random.nextBoolean()
                        ? name
                        : name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
            }
            if (last == 6 && value == 0 && sundayAs7 == 1) {
                return "7";
            }
            return random.nextInt(6) == 0 ? "0" + value : "" + value;
        }
    }
}
