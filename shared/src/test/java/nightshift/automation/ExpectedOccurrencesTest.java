package nightshift.automation;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;

class ExpectedOccurrencesTest {
    private static final Instant NOW = Instant.parse("2026-03-30T09:59:00Z");
    private static final List<String> CRONS =
            List.of("* * * * *", "*/7 * * * *", "30 2 * * *", "0 9 * * 1-5", "15 1,2,3 * * *");
    private static final List<String> ZONES =
            List.of("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata");

    @Test
    void the_expected_minutes_are_those_of_the_expression_since_it_is_in_force() {
        var automation = created("0 * * * *", "UTC", "2026-03-30T06:30:00Z");
        assertThat(overdue(automation))
                .containsExactly(
                        Map.entry(Instant.parse("2026-03-30T07:00:00Z"), Outcome.MISSED),
                        Map.entry(Instant.parse("2026-03-30T08:00:00Z"), Outcome.MISSED),
                        Map.entry(Instant.parse("2026-03-30T09:00:00Z"), Outcome.MISSED));
    }

    @Test
    void a_minute_whose_firing_may_still_come_is_not_expected_yet() {
        var automation = created("0 * * * *", "UTC", "2026-03-30T08:30:00Z");
        var nine = Instant.parse("2026-03-30T09:00:00Z");
        var tolerance = Duration.ofMinutes(15);
        var late = nine.plus(tolerance);
        assertThat(ExpectedOccurrences.overdue(automation, late.minusSeconds(1), tolerance))
                .isEmpty();
        assertThat(ExpectedOccurrences.overdue(automation, late, tolerance)).containsOnlyKeys(nine);
    }

    @Test
    void a_local_time_that_the_clocks_jump_over_is_skipped_not_missed() {
        var automation = created("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z");
        assertThat(overdue(automation))
                .containsExactly(
                        Map.entry(Instant.parse("2026-03-29T01:30:00Z"), Outcome.SKIPPED_DST),
                        Map.entry(Instant.parse("2026-03-30T00:30:00Z"), Outcome.MISSED));
    }

    @Test
    void nothing_is_expected_while_the_automation_is_paused() {
        var automation = created("0 * * * *", "UTC", "2026-03-30T05:30:00Z");
        automation = edited(automation, "0 * * * *", "UTC", false, "2026-03-30T06:30:00Z");
        automation = edited(automation, "0 * * * *", "UTC", true, "2026-03-30T08:30:00Z");
        assertThat(overdue(automation))
                .containsOnlyKeys(
                        Instant.parse("2026-03-30T06:00:00Z"),
                        Instant.parse("2026-03-30T09:00:00Z"));
    }

    @Test
    void every_minute_is_expected_by_the_expression_that_was_in_force_at_it() {
        var random = new Random(20_261_128);
        for (int round = 0; round < 60; round++) {
            var at = NOW.minus(random.nextInt(4_000) + 2, ChronoUnit.MINUTES);
            var inForce = new TreeMap<Instant, AutomationSpec>();
            var automation = created(pick(random, CRONS), pick(random, ZONES), at.toString());
            inForce.put(at, automation.spec());
            for (int edit = random.nextInt(4); edit > 0; edit--) {
                at = at.plusSeconds(random.nextInt(30_000));
                if (!at.isBefore(NOW)) break;
                automation =
                        edited(
                                automation,
                                pick(random, CRONS),
                                pick(random, ZONES),
                                random.nextInt(4) > 0,
                                at.toString());
                inForce.put(at, automation.spec());
            }
            var expected = new ArrayList<Instant>();
            for (var minute = NOW.minus(Timings.KEPT).plusSeconds(60);
                    !minute.isAfter(NOW);
                    minute = minute.plusSeconds(60)) {
                var spec = inForce.lowerEntry(minute); // an edit's own minute is the former's
                if (spec != null
                        && spec.getValue().enabled()
                        && spec.getValue().cron().occursAt(minute, spec.getValue().timezone())) {
                    expected.add(minute);
                }
            }
            var missed = overdue(automation);
            missed.values().removeIf(outcome -> outcome != Outcome.MISSED);
            assertThat(missed.keySet()).containsExactlyElementsOf(expected);
        }
    }

    private static NavigableMap<Instant, Outcome> overdue(TaskAutomation automation) {
        return ExpectedOccurrences.overdue(automation, NOW, Duration.ZERO);
    }

    private static String pick(Random random, List<String> texts) {
        return texts.get(random.nextInt(texts.size()));
    }

    private static TaskAutomation created(String cron, String zone, String at) {
        var now = Instant.parse(at);
        var any = new TestProject(Ports.inMemory()).unkept("nightly");
        return TaskAutomation.create(
                any.id(),
                any.projectId(),
                any.taskId(),
                spec(cron, zone, true),
                Policy.DEFAULT,
                now);
    }

    private static TaskAutomation edited(
            TaskAutomation automation, String cron, String zone, boolean enabled, String at) {
        return automation.with(spec(cron, zone, enabled), Instant.parse(at));
    }

    private static AutomationSpec spec(String cron, String zone, boolean enabled) {
        return new AutomationSpec(
                "nightly",
                "check",
                "acme/api",
                null,
                CronExpression.parse(cron),
                IanaZone.find(zone).orElseThrow(),
                null,
                enabled);
    }
}
