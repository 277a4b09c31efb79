package nightshift.automation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

class CronExpressionTest {
    private static final IanaZone BERLIN = new IanaZone("Europe/Berlin");
    private static final Instant NEW_YEAR_2026 = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    *          | 0-59
                    ?          | 0-59
                    5          | 5
                    05         | 5
                    005        | 5
                    1,2,30     | 1 2 30
                    30,1,1     | 1 30
                    5-8        | 5 6 7 8
                    58-1       | 58 59 0 1
                    */15       | 0 15 30 45
                    */7        | 0 7 14 21 28 35 42 49 56
                    */61       | 0
                    */99999999999 | 0
                    5/15       | 5 20 35 50
                    59/15      | 59
                    5-30/10    | 5 15 25
                    50-10/7    | 50 57 4
                    7-7        | 7
                    */30,5     | 0 5 30
                    *,5        | 0-59
                    */1        | 0-59
                    """)
    void reads_minutes(String field, String values) {
        assertThat(CronExpression.parse(field + " * * * *").minutes()).isEqualTo(set(values));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    *       | 0-6
                    0       | 0
                    7       | 0
                    SUN     | 0
                    Mon-fRI | 1 2 3 4 5
                    FRI-MON | 5 6 0 1
                    SAT-SUN | 6 0
                    5-7     | 5 6 0
                    5-0     | 5 6 0
                    0-7     | 0-6
                    1-7     | 0-6
                    7-1     | 0 1
                    7-7     | 0
                    SUN-7   | 0-6
                    1-7/2   | 1 3 5 0
                    MON-FRI/2 | 1 3 5
                    FRI-MON/2 | 5 0
                    */2     | 0 2 4 6
                    */7     | 0
                    1/2     | 1 3 5
                    7/2     | 0 2 4 6
                    sat,7,1 | 6 0 1
                    """)
    void reads_days_of_the_week(String field, String values) {
        assertThat(CronExpression.parse("0 0 * * " + field).daysOfWeek()).isEqualTo(set(values));
    }

    @Test
    void reads_the_other_fields_from_their_own_first_value() {
        var cron = CronExpression.parse("0 22-6 */10 nov-Feb *");
        assertThat(cron.hours()).isEqualTo(set("22 23 0 1 2 3 4 5 6"));
        assertThat(cron.daysOfMonth()).isEqualTo(set("1 11 21 31"));
        assertThat(cron.months()).isEqualTo(set("11 12 1 2"));
        assertThat(CronExpression.parse("0 0 30-2 3/4 *").daysOfMonth())
                .isEqualTo(set("30 31 1 2"));
        assertThat(CronExpression.parse("0 0 30-2 3/4 *").months()).isEqualTo(set("3 7 11"));
        assertThat(CronExpression.parse("0 0 1 JAN-MAR/2 *").months()).isEqualTo(set("1 3"));
        assertThat(CronExpression.parse("0 23/61 * * *").hours()).isEqualTo(set("23"));
    }

    @Test
    void keeps_the_text_without_the_space_around_it() {
        assertThat(CronExpression.parse("  0  9\t* * MON-fri\n").text())
                .isEqualTo("0  9\t* * MON-fri");
    }

    @Test
    void is_a_value() {
        assertThat(CronExpression.parse("0 9 * * *"))
                .isEqualTo(CronExpression.parse(" 0 9 * * * "))
                .hasSameHashCodeAs(CronExpression.parse("0 9 * * *"))
                .isNotEqualTo(CronExpression.parse("00 9 * * *"))
                .hasToString("0 9 * * *");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "@daily",
                "0 9 * *",
                "0 0 9 * * *",
                "0 9 * * * 2026",
                "0 9 1, 15 * *",
                "0 9 * * 1 - 5"
            })
    void refuses_what_has_not_five_fields(String text) {
        CronSyntaxException refused = refused(text);
        assertThat(refused.notFiveFields()).isTrue();
        assertThat(refused.field()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    60 9 * * *      | minute
                    -1 * * * *      | minute
                    1-2-3 * * * *   | minute
                    5- * * * *      | minute
                    */0 * * * *     | minute
                    5-10/0 * * * *  | minute
                    */ * * * *      | minute
                    /5 * * * *      | minute
                    5/ * * * *      | minute
                    5/5/5 * * * *   | minute
                    */-5 * * * *    | minute
                    */1.5 * * * *   | minute
                    1,,2 * * * *    | minute
                    1, * * * *      | minute
                    ,1 * * * *      | minute
                    , * * * *       | minute
                    *5 * * * *      | minute
                    ** * * * *      | minute
                    *-5 * * * *     | minute
                    5-* * * * *     | minute
                    +5 * * * *      | minute
                    5+ * * * *      | minute
                    0x5 * * * *     | minute
                    ٥ * * * *       | minute
                    ５ * * * *       | minute
                    H * * * *       | minute
                    R * * * *       | minute
                    MON * * * *     | minute
                    ~ * * * *       | minute
                    4294967296 * * * * | minute
                    0 24 * * *      | hour
                    0 9-24 * * *    | hour
                    0 H(0-7) * * *  | hour
                    0 9 0 * *       | day of month
                    0 9 32 * *      | day of month
                    0 9 L * *       | day of month
                    0 9 l * *       | day of month
                    0 9 L-3 * *     | day of month
                    0 9 15W * *     | day of month
                    0 9 LW * *      | day of month
                    0 9 ?5 * *      | day of month
                    0 9 * 0 *       | month
                    0 9 * 13 *      | month
                    0 9 * JANUARY * | month
                    0 9 * MON *     | month
                    0 9 * J *       | month
                    0 9 * * 8       | day of week
                    0 9 * * 1-8     | day of week
                    0 9 * * -1      | day of week
                    0 9 * * L5      | day of week
                    0 9 * * 5L      | day of week
                    0 9 * * 5#3     | day of week
                    0 9 * * FRI#1   | day of week
                    0 9 * * MONDAY  | day of week
                    0 9 * * FEB     | day of week
                    0 9 * * ſun     | day of week
                    0 9 * * frı     | day of week
                    0 0 31 2 *      | day of month
                    0 0 30-31 FEB ? | day of month
                    0 0 31 4,6,9,11 * | day of month
                    """)
    void refuses_and_names_the_field(String text, String field) {
        CronSyntaxException refused = refused(text);
        assertThat(refused.notFiveFields()).isFalse();
        assertThat(refused.field()).isEqualTo(field);
        assertThat(refused.reason()).isNotBlank();
        assertThat(refused).hasMessage(field + ": " + refused.reason());
    }

    @Test
    void says_why_it_refuses() {
        assertThat(refused("60 9 * * *").reason()).isEqualTo("\"60\" is not between 0 and 59");
        assertThat(refused("0 9 * * 8").reason()).isEqualTo("\"8\" is not between 0 and 7");
        assertThat(refused("0 9 L * *").reason()).isEqualTo("\"L\" is neither a number nor a name");
        assertThat(refused("1,,2 * * * *").reason()).isEqualTo("a value is missing");
        assertThat(refused("*/0 * * * *").reason()).isEqualTo("a step of 0 in \"*/0\"");
        assertThat(refused("0 0 31 2 *").reason()).isEqualTo("\"31\" never comes in month \"2\"");
        assertThat(refused("0 9 * *").reason()).isEqualTo("five fields expected, not 4");
    }

    @Test
    void keeps_an_impossible_day_of_the_month_if_a_day_of_the_week_is_enough() {
        var cron = CronExpression.parse("0 0 31 2 MON");
        assertThat(cron.reachesDayOfMonth()).isFalse();
        assertThat(cron.next(NEW_YEAR_2026, IanaZone.utc()))
                .hasValue(Instant.parse("2026-02-02T00:00:00Z"));
    }

    @Test
    void fires_on_either_day_if_both_day_fields_are_restricted() {
        assertThat(days("0 9 13 * 5", 2026, 2)).containsExactly(6, 13, 20, 27);
        assertThat(days("0 9 13 * 5", 2026, 1)).containsExactly(2, 9, 13, 16, 23, 30);
        assertThat(days("0 9 13 * *", 2026, 1)).containsExactly(13);
        assertThat(days("0 9 ? * 5", 2026, 1)).containsExactly(2, 9, 16, 23, 30);
        assertThat(days("0 9 */10 * 5", 2026, 1)).containsExactly(1, 2, 9, 11, 16, 21, 23, 30, 31);
    }

    @Test
    void a_day_field_that_leaves_out_no_day_restricts_nothing() {
        assertThat(days("0 9 */12 4 0-6", 2026, 4)).containsExactly(1, 13, 25);
        for (var everyWeekday :
                List.of(
                        "*",
                        "?",
                        "0-6",
                        "0-7",
                        "1-7",
                        "*/1",
                        "0/1",
                        "SUN-SAT",
                        "mon-sun",
                        "5-4",
                        "0,1,2,3,4,5,6",
                        "1-3,4-7",
                        "MON-FRI,6,0",
                        "*,3",
                        "2-6/2,*/2,1-5/2")) {
            assertThat(days("0 9 13 * " + everyWeekday, 2026, 1))
                    .as(everyWeekday)
                    .containsExactly(13);
        }
        for (var everyDay :
                List.of("*", "?", "1-31", "*/1", "1/1", "1-15,16-31", "20-19", "31,*")) {
            assertThat(days("0 9 " + everyDay + " * 5", 2026, 1))
                    .as(everyDay)
                    .containsExactly(2, 9, 16, 23, 30);
        }
        assertThat(days("0 9 1-30 * 6", 2026, 1)).as("31 is left out").hasSize(31);
        assertThat(days("0 9 1-31 * 0-6", 2026, 1)).hasSize(31);
    }

    @Test
    void a_date_that_never_comes_is_refused_whatever_says_every_weekday() {
        for (var everyWeekday : List.of("*", "0-6", "*/1", "SUN-SAT")) {
            assertThatThrownBy(() -> CronExpression.parse("0 9 31 2 " + everyWeekday))
                    .as(everyWeekday)
                    .isInstanceOf(CronSyntaxException.class);
        }
    }

    /// An older version took it for every day of February.
    @Test
    void a_stored_expression_that_never_comes_is_read_and_never_occurs() {
        var stored = CronExpression.stored("0 9 31 2 0-6");
        assertThat(stored.next(Instant.parse("2026-01-01T00:00:00Z"), IanaZone.utc())).isEmpty();
        assertThat(stored.describe()).isEqualTo("At 09:00 on day 31 of February");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 9 * * 0", "0 9 * * 7", "0 9 * * sun", "0 9 ? * 7-7"})
    void fires_on_sundays_however_they_are_written(String text) {
        assertThat(days(text, 2026, 3)).containsExactly(1, 8, 15, 22, 29);
    }

    @Test
    void fires_through_the_night() {
        assertThat(
                        CronExpression.parse("0 22-6 * * *")
                                .between(NEW_YEAR_2026, hoursLater(24), IanaZone.utc()))
                .extracting(occurrence -> occurrence.atOffset(ZoneOffset.UTC).getHour())
                .containsExactly(1, 2, 3, 4, 5, 6, 22, 23, 0);
    }

    @Test
    void finds_occurrences_strictly_after_an_instant() {
        var cron = CronExpression.parse("*/15 * * * *");
        assertThat(cron.next(NEW_YEAR_2026, IanaZone.utc()))
                .hasValue(NEW_YEAR_2026.plus(Duration.ofMinutes(15)));
        assertThat(cron.next(NEW_YEAR_2026.minusNanos(1), IanaZone.utc())).hasValue(NEW_YEAR_2026);
        assertThat(cron.next(NEW_YEAR_2026.plusSeconds(1), IanaZone.utc()))
                .hasValue(NEW_YEAR_2026.plus(Duration.ofMinutes(15)));
        assertThat(cron.between(NEW_YEAR_2026, hoursLater(1), IanaZone.utc()))
                .hasSize(4)
                .endsWith(hoursLater(1));
        assertThat(cron.between(hoursLater(1), NEW_YEAR_2026, IanaZone.utc())).isEmpty();
    }

    @Test
    void jumps_over_the_century_year_that_is_no_leap_year() {
        var cron = CronExpression.parse("30 12 29 2 *");
        assertThat(cron.next(NEW_YEAR_2026, BERLIN))
                .hasValue(Instant.parse("2028-02-29T11:30:00Z"));
        assertThat(cron.next(Instant.parse("2096-03-01T00:00:00Z"), BERLIN))
                .hasValue(Instant.parse("2104-02-29T11:30:00Z"));
    }

    @Test
    void ends_with_the_calendar_of_the_scheduler() {
        var cron = CronExpression.parse("0 0 29 2 *");
        assertThat(cron.next(Instant.parse("2196-03-01T00:00:00Z"), IanaZone.utc())).isEmpty();
    }

    @Test
    void skips_a_local_time_that_does_not_exist() {
        var cron = CronExpression.parse("30 2 * * *");
        assertThat(cron.next(Instant.parse("2026-03-28T12:00:00Z"), BERLIN))
                .hasValue(Instant.parse("2026-03-30T00:30:00Z"));
        assertThat(
                        cron.skippedBetween(
                                NEW_YEAR_2026, Instant.parse("2028-01-01T00:00:00Z"), BERLIN))
                .containsExactly(
                        LocalDateTime.parse("2026-03-29T02:30"),
                        LocalDateTime.parse("2027-03-28T02:30"));
    }

    @Test
    void fires_a_repeated_local_time_at_its_first_instant_only() {
        var cron = CronExpression.parse("30 2 * * *");
        var first = Instant.parse("2026-10-25T00:30:00Z");
        var second = Instant.parse("2026-10-25T01:30:00Z");
        assertThat(cron.next(first.minusSeconds(60), BERLIN)).hasValue(first);
        assertThat(cron.next(first, BERLIN)).hasValue(Instant.parse("2026-10-26T01:30:00Z"));
        assertThat(cron.next(first.plusSeconds(1800), BERLIN))
                .hasValue(Instant.parse("2026-10-26T01:30:00Z"));
        assertThat(cron.occursAt(first, BERLIN)).isTrue();
        assertThat(cron.occursAt(second, BERLIN)).isFalse();
        assertThat(
                        cron.repeatedBetween(
                                NEW_YEAR_2026, Instant.parse("2027-01-01T00:00:00Z"), BERLIN))
                .containsExactly(LocalDateTime.parse("2026-10-25T02:30"));
    }

    @Test
    void is_silent_while_every_minute_is_a_repeated_one() {
        var cron = CronExpression.parse("*/30 * * * *");
        assertThat(
                        cron.between(
                                Instant.parse("2026-10-24T23:30:00Z"),
                                Instant.parse("2026-10-25T02:30:00Z"),
                                BERLIN))
                .containsExactly(
                        Instant.parse("2026-10-25T00:00:00Z"),
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-25T02:00:00Z"),
                        Instant.parse("2026-10-25T02:30:00Z"));
    }

    @Test
    void knows_the_changes_of_half_an_hour_at_midnight_and_of_a_whole_day() {
        assertThat(skipped("45 * * * *", "Australia/Lord_Howe", "2026-01-01", "2027-01-01"))
                .isEmpty();
        assertThat(skipped("15 2 * * *", "Australia/Lord_Howe", "2026-01-01", "2027-01-01"))
                .containsExactly(LocalDateTime.parse("2026-10-04T02:15"));
        assertThat(skipped("0 0 * * *", "America/Havana", "2026-01-01", "2027-01-01"))
                .containsExactly(LocalDateTime.parse("2026-03-08T00:00"));
        assertThat(skipped("0 */12 * * *", "Pacific/Apia", "2011-12-01", "2012-01-01"))
                .containsExactly(
                        LocalDateTime.parse("2011-12-30T00:00"),
                        LocalDateTime.parse("2011-12-30T12:00"));
        assertThat(
                        CronExpression.parse("0 9 30 12 *")
                                .next(
                                        Instant.parse("2011-12-01T00:00:00Z"),
                                        new IanaZone("Pacific/Apia")))
                .hasValue(Instant.parse("2012-12-29T19:00:00Z"));
    }

    @Test
    void counts_a_change_at_the_end_of_a_span_but_not_at_its_beginning() {
        var cron = CronExpression.parse("30 2 * * *");
        var change = Instant.parse("2026-03-29T01:00:00Z");
        assertThat(cron.skippedBetween(change.minusSeconds(60), change, BERLIN)).hasSize(1);
        assertThat(cron.skippedBetween(change, change.plusSeconds(60), BERLIN)).isEmpty();
    }

    @Test
    void matches_whole_local_minutes() {
        var cron = CronExpression.parse("30 9 * * MON-FRI");
        assertThat(cron.matches(LocalDateTime.parse("2026-01-02T09:30"))).isTrue();
        assertThat(cron.matches(LocalDateTime.parse("2026-01-02T09:30:01"))).isFalse();
        assertThat(cron.matches(LocalDateTime.parse("2026-01-03T09:30"))).isFalse();
        assertThat(cron.occursAt(Instant.parse("2026-01-02T08:30:00Z"), BERLIN)).isTrue();
        assertThat(cron.occursAt(Instant.parse("2026-01-02T08:30:30Z"), BERLIN)).isFalse();
        assertThat(cron.occursAt(Instant.parse("2026-01-02T09:30:00Z"), BERLIN)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0 9 * * *                | 0 9 * * *
                    00 09 ? * ?              | 0 9 * * *
                    0,15,30,45 * * * *       | */15 * * * *
                    0/15 0-23 1-31 1-12 0-7  | */15 * * * *
                    5/15 22-6 * * FRI-MON    | 5,20,35,50 0-6,22-23 * * 0-1,5-6
                    0 9 1,15 */3 1           | 0 9 1,15 */3 1
                    0 9 13 * 0-6             | 0 9 13 * *
                    0 9 */1 * 1              | 0 9 * * 1
                    0 0 1 JAN,feb *          | 0 0 1 1-2 *
                    */61 * * * *             | 0 * * * *
                    30,0 * * * *             | 0,30 * * * *
                    * * */2 * *              | * * */2 * *
                    """)
    void has_a_canonical_form(String text, String canonical) {
        assertThat(CronExpression.parse(text).canonical()).isEqualTo(canonical);
        assertThat(CronExpression.parse(canonical).canonical()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    * * * * *             | Every minute
                    */15 * * * *          | Every 15 minutes
                    0 * * * *             | Every hour
                    30 * * * *            | At 30 minutes past every hour
                    1 * * * *             | At 1 minute past every hour
                    5/15 * * * *          | At 5, 20, 35 and 50 minutes past every hour
                    1-59/2 * * * *        | Every 2 minutes from 1 minute past the hour
                    */25 * * * *          | At 0, 25 and 50 minutes past every hour
                    0-10,30 * * * *       | At 0 to 10 and 30 minutes past every hour
                    0 */2 * * *           | Every 2 hours
                    30 */6 * * *          | Every 6 hours from 00:30
                    0 1/8 * * *           | Every 8 hours from 01:00
                    0 */5 * * *           | At 00:00, 05:00, 10:00, 15:00 and 20:00 every day
                    0 9 * * *             | At 09:00 every day
                    0 9,17 * * *          | At 09:00 and 17:00 every day
                    0,30 9 * * *          | At 09:00 and 09:30 every day
                    0 9 * * MON-FRI       | At 09:00 on Monday to Friday
                    0 9 * * 0,6           | At 09:00 on Saturday and Sunday
                    0 9 * * 7             | At 09:00 on Sunday
                    0 9 * * FRI-MON       | At 09:00 on Friday to Monday
                    0 9 * * 1,3,5         | At 09:00 on Monday, Wednesday and Friday
                    0 9 1 * *             | At 09:00 on day 1 of the month
                    0 9 1,15 * *          | At 09:00 on days 1 and 15 of the month
                    0 0 1 1 *             | At 00:00 on day 1 of January
                    0 0 1 */3 *           | At 00:00 on day 1 of January, April, July and October
                    0 9 * 12 *            | At 09:00 every day in December
                    0 9 * NOV-FEB 1-5     | At 09:00 on Monday to Friday in November to February
                    0 9 13 * 5            | At 09:00 on day 13 of the month and on Friday
                    0 9 13 6 5            | At 09:00 on day 13 of June and on Friday in June
                    0 0 31 2 MON          | At 00:00 on Monday in February
                    0 9-17 * * 1-5        | Every hour from 09:00 to 17:00 on Monday to Friday
                    0 9-17,20 * * *       | Every hour from 09:00 to 17:00 and at 20:00
                    0 22-6 * * *          | Every hour from 22:00 to 06:00
                    0 22-6 * * MON        | Every hour from 00:00 to 06:00 and from 22:00 to 23:00 on Monday
                    */15 9-17 * * *       | Every 15 minutes from 09:00 to 17:45
                    * 9 * * *             | Every minute from 09:00 to 09:59
                    */30 9-17 * * *       | Every 30 minutes from 09:00 to 17:30
                    1,2,3,5,8,13,21 9 * * * | At 1 to 3, 5, 8, 13 and 21 minutes past the hour 9 every day
                    """)
    void says_in_words_when_it_occurs(String text, String words) {
        assertThat(CronExpression.parse(text).describe()).isEqualTo(words);
    }

    private static CronSyntaxException refused(String text) {
        assertThatThrownBy(() -> CronExpression.parse(text))
                .isInstanceOf(CronSyntaxException.class);
        return catchThrowableOfType(CronSyntaxException.class, () -> CronExpression.parse(text));
    }

    private static List<LocalDateTime> skipped(String text, String zone, String from, String to) {
        return CronExpression.parse(text)
                .skippedBetween(
                        Instant.parse(from + "T00:00:00Z"),
                        Instant.parse(to + "T00:00:00Z"),
                        new IanaZone(zone));
    }

    private static List<Integer> days(String text, int year, int month) {
        var cron = CronExpression.parse(text);
        return LocalDate.of(year, month, 1)
                .datesUntil(LocalDate.of(year, month, 1).plusMonths(1))
                .filter(day -> cron.matches(day.atTime(LocalTime.of(9, 0))))
                .map(LocalDate::getDayOfMonth)
                .toList();
    }

    private static Instant hoursLater(int hours) {
        return NEW_YEAR_2026.plus(Duration.ofHours(hours));
    }

    private static long set(String values) {
        int dash = values.indexOf('-');
        ToLongFunction<String> number = text -> Long.parseLong(text.strip());
        LongStream members =
                dash < 0
                        ? List.of(values.split(" ")).stream().mapToLong(number)
                        : LongStream.rangeClosed(
                                number.applyAsLong(values.substring(0, dash)),
                                number.applyAsLong(values.substring(dash + 1)));
        return members.map(value -> 1L << value).reduce(0, (set, value) -> set | value);
    }
}
