package nightshift.functions.automations;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.AutomationSpec;
import nightshift.automation.CronExpression;
import nightshift.automation.IanaZone;
import nightshift.automation.Occurrence;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.testing.TestProject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// The wiring's clock stands at 2026-01-01T10:00:00Z, and the tolerance is 15 minutes.
class LedgerTest {
    private static final Instant LONG_AGO = Instant.parse("2025-12-20T00:00:00Z");
    private static final List<String> CRONS =
            List.of("*/20 * * * *", "0 * * * *", "30 2 * * *", "0 9 * * 1-5");

    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);
    private final Ledger ledger = new Ledger(world);

    @Test
    void what_did_not_come_is_missed_before_anything_records_it() {
        var automation = created("0 * * * *", "2026-01-01T06:30:00Z");
        record(automation, "2026-01-01T08:00:00Z", Outcome.PAUSED);
        assertThat(texts(page(automation, null, 0, 100)))
                .containsExactly(
                        "2026-01-01T09:00:00Z missed",
                        "2026-01-01T08:00:00Z paused",
                        "2026-01-01T07:00:00Z missed");
        assertThat(page(automation, Outcome.MISSED, 1, 1))
                .singleElement()
                .satisfies(missed -> {
                    assertThat(missed.scheduledAt()).isEqualTo("2026-01-01T07:00:00Z");
                    assertThat(missed.recordedAt()).isNull();
                });
        assertThat(page(automation, Outcome.PAUSED, 0, 9)).hasSize(1);
        assertThat(count(automation, null)).isEqualTo(3);
        assertThat(count(automation, Outcome.MISSED)).isEqualTo(2);
    }

    @Test
    void the_lists_say_the_same_before_and_after_the_missed_are_recorded() {
        var random = new Random(20_261_130);
        var automations = new ArrayList<TaskAutomation>();
        for (int i = 0; i < 5; i++) {
            var automation = created(CRONS.get(i % CRONS.size()), LONG_AGO.toString());
            automations.add(automation);
            for (var minute = LONG_AGO;
                    minute.isBefore(Instant.parse("2026-01-01T09:45:00Z"));
                    minute = minute.plusSeconds(600)) {
                // what is older than two days was found long ago
                boolean old = minute.isBefore(Instant.parse("2025-12-30T10:30:00Z"));
                boolean due =
                        automation.spec().cron().occursAt(minute, automation.spec().timezone());
                if (due && (old || random.nextInt(3) > 0)) {
                    record(
                            automation,
                            minute.toString(),
                            random.nextBoolean() ? Outcome.STALE : Outcome.MISSED);
                }
            }
        }
        var before = everything(automations);
        for (var automation : automations) {
            missed(automation).forEach(each -> record(automation, each, Outcome.MISSED));
        }
        assertThat(everything(automations)).isEqualTo(before);
        automations.forEach(automation -> assertThat(missed(automation)).isEmpty());
    }

    /// All lists, whole and by pages.
    private List<String> everything(List<TaskAutomation> automations) {
        var lists = new ArrayList<String>();
        for (var automation : automations) {
            for (var outcome : new Outcome[] {null, Outcome.MISSED, Outcome.STALE}) {
                var whole = texts(page(automation, outcome, 0, 10_000));
                assertThat(count(automation, outcome)).isEqualTo(whole.size());
                for (int offset : new int[] {0, 7, 50, 140, 2_000}) {
                    assertThat(texts(page(automation, outcome, offset, 30)))
                            .isEqualTo(whole.stream().skip(offset).limit(30).toList());
                }
                lists.addAll(whole);
            }
            lists.addAll(texts(ledger.newest(automation)));
            assertThat(texts(ledger.newest(automation)))
                    .isEqualTo(texts(page(automation, null, 0, 14)));
        }
        for (var outcome : new Outcome[] {null, Outcome.MISSED, Outcome.STALE}) {
            for (var from : List.of("2025-12-28T00:00:00Z", "2025-12-31T12:00:00Z")) {
                var whole = texts(in(automations, outcome, from, 0, 10_000));
                for (int offset : new int[] {0, 20, 300, 900}) {
                    assertThat(texts(in(automations, outcome, from, offset, 100)))
                            .isEqualTo(whole.stream().skip(offset).limit(100).toList());
                }
                lists.addAll(whole);
            }
        }
        return lists;
    }

    private List<Occurrence> in(
            List<TaskAutomation> automations,
            @Nullable Outcome outcome,
            String from,
            int offset,
            int limit) {
        var now = world.clock().instant();
        return ledger.in(
                        project.id(),
                        automations,
                        null,
                        outcome,
                        Instant.parse(from),
                        now,
                        offset,
                        limit)
                .occurrences();
    }

    private List<String> missed(TaskAutomation automation) {
        return page(automation, null, 0, 10_000).stream()
                .filter(each -> each.recordedAt() == null)
                .map(each -> each.scheduledAt().toString())
                .toList();
    }

    private List<Occurrence> page(
            TaskAutomation automation, @Nullable Outcome outcome, int offset, int limit) {
        return ledger.of(project.id(), automation.id(), outcome, offset, limit)
                .orElseThrow()
                .occurrences();
    }

    private long count(TaskAutomation automation, @Nullable Outcome outcome) {
        return ledger.of(project.id(), automation.id(), outcome, 0, 1).orElseThrow().count();
    }

    private static List<String> texts(List<Occurrence> occurrences) {
        return occurrences.stream()
                .map(each -> each.scheduledAt() + " " + each.outcome().text())
                .toList();
    }

    private void record(TaskAutomation automation, String minute, Outcome outcome) {
        world.occurrences()
                .record(
                        new Occurrence(
                                project.id(),
                                automation.id(),
                                Instant.parse(minute),
                                outcome,
                                null,
                                1,
                                Duration.ZERO,
                                world.clock().instant()),
                        automation);
    }

    private TaskAutomation created(String cron, String at) {
        var any = project.unkept("nightly");
        var spec = any.spec();
        var automation =
                TaskAutomation.create(
                        any.id(),
                        project.id(),
                        any.taskId(),
                        new AutomationSpec(
                                spec.name(),
                                spec.prompt(),
                                spec.repository(),
                                null,
                                CronExpression.parse(cron),
                                IanaZone.utc(),
                                null,
                                true),
                        any.policy(),
                        Instant.parse(at));
        world.automations().add(automation, project.taskOf(automation));
        return automation;
    }
}
