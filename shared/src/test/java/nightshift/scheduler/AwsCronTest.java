package nightshift.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.CronExpression;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

class AwsCronTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    * * * * *            | cron(* * * * ? *)
                    0 9 * * *            | cron(0 9 * * ? *)
                    0 9 ? * ?            | cron(0 9 * * ? *)
                    */15 * * * *         | cron(0,15,30,45 * * * ? *)
                    */61 * * * *         | cron(0 * * * ? *)
                    0 9 * * 1-5          | cron(0 9 ? * MON-FRI *)
                    0 9 * * 0            | cron(0 9 ? * SUN *)
                    0 9 * * 7            | cron(0 9 ? * SUN *)
                    0 9 * * 6,7          | cron(0 9 ? * SUN,SAT *)
                    0 9 * * FRI-MON      | cron(0 9 ? * SUN-MON,FRI-SAT *)
                    0 9 * * 0-7          | cron(0 9 * * ? *)
                    0 22-6 * * *         | cron(0 0-6,22-23 * * ? *)
                    0 9 1,15 * *         | cron(0 9 1,15 * ? *)
                    0 9 1-31 * *         | cron(0 9 * * ? *)
                    0 0 1 JAN-MAR,12 *   | cron(0 0 1 1-3,12 ? *)
                    0 0 29 2 *           | cron(0 0 29 2 ? *)
                    0 9 13 * 5           | cron(0 9 13 * ? *) cron(0 9 ? * FRI *)
                    0 9 */1 * 5          | cron(0 9 ? * FRI *)
                    2 7 */12 4 0-6       | cron(2 7 1,13,25 4 ? *)
                    0 0 31 2 MON         | cron(0 0 ? 2 MON *)
                    """)
    void speaks_the_dialect_of_eventbridge(String portable, String expressions) {
        assertThat(String.join(" ", AwsCron.translate(CronExpression.parse(portable))))
                .isEqualTo(expressions);
    }

    @Test
    void never_exceeds_the_256_characters_that_the_scheduler_allows() {
        var minutes = longestField(0, 59, i -> "" + i);
        var hours = longestField(0, 23, i -> "" + i);
        var days = longestField(1, 31, i -> "" + i);
        var months = longestField(1, 12, i -> "" + i);
        var weekdays =
                longestField(0, 6, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")::get);
        var worst =
                AwsCron.translate(
                        CronExpression.parse(
                                String.join(" ", minutes, hours, days, months, weekdays)));
        assertThat(worst)
                .containsExactly(
                        "cron(%s %s %s %s ? *)".formatted(minutes, hours, days, months),
                        "cron(%s %s ? %s %s *)".formatted(minutes, hours, months, weekdays))
                .allSatisfy(expression -> assertThat(expression).hasSizeLessThanOrEqualTo(256));
        assertThat(worst.getFirst()).hasSize(240);
    }

    /// The longest text that any set of values has as rising ranges with gaps between them, found
    /// by trying them all.
    private static String longestField(int first, int last, IntFunction<String> name) {
        var longestFrom = new ArrayList<String>();
        IntStream.rangeClosed(0, last + 2).forEach(_ -> longestFrom.add(""));
        for (int from = last; from >= first; from--) {
            String longest = longestFrom.get(from + 1);
            for (int to = from; to <= last; to++) {
                String range =
                        from == to ? name.apply(from) : name.apply(from) + "-" + name.apply(to);
                String rest = longestFrom.get(Math.min(to + 2, last + 1));
                String field = rest.isEmpty() ? range : range + "," + rest;
                longest = field.length() > longest.length() ? field : longest;
            }
            longestFrom.set(from, longest);
        }
        return longestFrom.get(first);
    }
}
