package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

class AwsCronEvaluatorTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cron(0 10 * * ? *)             | 2026-01-01T10:00 2026-01-02T10:00
                    cron( 15  12 ? * * * )         | 2026-01-01T12:15 2026-01-02T12:15
                    cron(0 18 ? * MON-FRI *)       | 2026-01-01T18:00 2026-01-02T18:00 2026-01-05T18:00
                    cron(0 18 ? * 2-6 *)           | 2026-01-01T18:00 2026-01-02T18:00 2026-01-05T18:00
                    cron(0 8 1 * ? *)              | 2026-01-01T08:00 2026-02-01T08:00
                    cron(0/15 9 * * ? *)           | 2026-01-01T09:00 2026-01-01T09:15 2026-01-01T09:30
                    cron(1/10 * * * ? *)           | 2026-01-01T00:01 2026-01-01T00:11 2026-01-01T00:21
                    cron(*/20 * * * ? *)           | 2026-01-01T00:20 2026-01-01T00:40 2026-01-01T01:00
                    cron(10-30/10,59 0 * * ? *)    | 2026-01-01T00:10 2026-01-01T00:20 2026-01-01T00:30 2026-01-01T00:59
                    cron(0 0 1 JAN,APR-MAY ? *)    | 2026-04-01T00:00 2026-05-01T00:00 2027-01-01T00:00
                    cron(0 0 L * ? *)              | 2026-01-31T00:00 2026-02-28T00:00
                    cron(0 0 ? * L *)              | 2026-01-03T00:00 2026-01-10T00:00
                    cron(15 10 ? * 6L 2026-2027)   | 2026-01-30T10:15 2026-02-27T10:15
                    cron(0 9 ? * 2#1 *)            | 2026-01-05T09:00 2026-02-02T09:00
                    cron(0 9 ? * FRI#5 *)          | 2026-01-30T09:00 2026-05-29T09:00
                    cron(0 9 3W * ? *)             | 2026-01-02T09:00 2026-02-03T09:00
                    cron(0 9 1W * ? *)             | 2026-01-01T09:00 2026-02-02T09:00
                    cron(0 9 31W * ? *)            | 2026-01-30T09:00 2026-03-31T09:00
                    cron(0 9 1 1 ? 2028/2)         | 2028-01-01T09:00 2030-01-01T09:00
                    cron(0 0 29 2 ? *)             | 2028-02-29T00:00 2032-02-29T00:00
                    at(2026-11-20T13:00:00)        | 2026-11-20T13:00
                    rate(5 minutes)                | 2026-01-01T00:05 2026-01-01T00:10
                    rate(1 hour)                   | 2026-01-01T01:00 2026-01-01T02:00
                    rate(7 days)                   | 2026-01-08T00:00 2026-01-15T00:00
                    """)
    void fires_as_documented(String expression, String firings) {
        String[] expected = firings.split(" ");
        assertThat(firings(expression, ZoneOffset.UTC, "2026-01-01T00:00:00Z", expected.length))
                .extracting(instant -> LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString())
                .containsExactly(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0 9 * * ? *",
                "cron()",
                "cron(0 9 * * ?)",
                "cron(0 9 * * ? * *)",
                "CRON(0 9 * * ? *)",
                "cron(0 9 * * * *)",
                "cron(0 9 ? * ? *)",
                "cron(0 9 1 * MON *)",
                "cron(7 20 * * 1-7 *)",
                "cron(60 9 * * ? *)",
                "cron(0 24 * * ? *)",
                "cron(0 9 0 * ? *)",
                "cron(0 9 32 * ? *)",
                "cron(0 9 * 0 ? *)",
                "cron(0 9 * 13 ? *)",
                "cron(0 9 ? * 0 *)",
                "cron(0 9 ? * 8 *)",
                "cron(15 12 ? * -1 *)",
                "cron(0 9 * * ? 1969)",
                "cron(0 9 * * ? 2200)",
                "cron(*/60 * * * ? *)",
                "cron(*/0 * * * ? *)",
                "cron(0 22-6 * * ? *)",
                "cron(0 9 ? * FRI-MON *)",
                "cron(0 9 ? * MON/2 *)",
                "cron(0 9 ? * 2#6 *)",
                "cron(0 9 ? * 3#1,6#3 *)",
                "cron(0 9 L,1 * ? *)",
                "cron(0 9 32W * ? *)",
                "cron(0/5, 9-18, ?, *, MON-FRI, *)",
                "cron(? 9 * * ? *)",
                "cron(0 9 * ? ? *)",
                "cron(H 9 * * ? *)",
                "cron(1,,2 9 * * ? *)",
                "cron(0 9 * * ? *) ",
                "rate(0 minutes)",
                "rate(-1 minutes)",
                "rate(5 seconds)",
                "rate(5)",
                "rate(1.5 hours)",
                "at(2026-11-20)",
                "at(2026-11-20 13:00)"
            })
    void refuses_what_is_not_documented(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AwsCronEvaluator.parse(expression))
                .withMessageStartingWith("Invalid Schedule Expression " + expression + ". ");
    }

    @Test
    void refuses_more_than_256_characters() {
        var spaces = " ".repeat(256 - "cron(0 9 * * ? *)".length());
        assertThat(AwsCronEvaluator.parse("cron(0 9 * * ?" + spaces + " *)")).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AwsCronEvaluator.parse("cron(0 9 * * ? " + spaces + " *)"))
                .withMessageContaining("longer than 256");
    }

    @Test
    void skips_a_time_that_does_not_exist() {
        assertThat(firings("cron(30 2 * * ? *)", BERLIN, "2026-03-28T00:00:00Z", 2))
                .containsExactly(
                        Instant.parse("2026-03-28T01:30:00Z"),
                        Instant.parse("2026-03-30T00:30:00Z"));
        assertThat(firings("at(2026-03-29T02:30:00)", BERLIN, "2026-01-01T00:00:00Z", 1)).isEmpty();
    }

    @Test
    void fires_once_at_a_time_that_comes_twice() {
        assertThat(firings("cron(0/30 2 * * ? *)", BERLIN, "2026-10-24T22:00:00Z", 3))
                .containsExactly(
                        Instant.parse("2026-10-25T00:00:00Z"),
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-26T01:00:00Z"));
    }

    @Test
    void measures_a_rate_in_days_by_24_hours() {
        assertThat(firings("rate(1 day)", BERLIN, "2026-03-28T12:00:00Z", 1))
                .containsExactly(Instant.parse("2026-03-29T12:00:00Z"));
    }

    @Test
    void ends_with_its_last_year() {
        assertThat(firings("cron(0 9 1 1 ? 2026)", ZoneOffset.UTC, "2026-01-01T09:00:00Z", 1))
                .isEmpty();
        assertThat(firings("cron(0 9 31 2 ? *)", ZoneOffset.UTC, "2026-01-01T09:00:00Z", 1))
                .isEmpty();
    }

    private static List<Instant> firings(String expression, ZoneId zone, String after, int most) {
        var schedule = AwsCronEvaluator.parse(expression);
        var firings = new ArrayList<Instant>();
        var next = schedule.next(Instant.parse(after), zone);
        while (next.isPresent() && firings.size() < most) {
            firings.add(next.get());
            next = schedule.next(next.get(), zone);
        }
        return firings;
    }
}
