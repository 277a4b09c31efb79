package nightshift.functions.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.AutomationSpec;
import nightshift.automation.CronExpression;
import nightshift.automation.IanaZone;
import nightshift.automation.Occurrence;
import nightshift.automation.Outcome;
import nightshift.automation.Policy;
import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.run.Ids;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The wiring's clock stands at 2026-01-01T10:00:00Z, and the tolerance is 15 minutes.
class MissedOccurrencesTest {
    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);

    @Test
    void what_did_not_come_before_an_edit_was_missed_by_the_old_expression() {
        var automation = created("0 * * * *", "UTC", "2026-01-01T05:30:00Z");
        automation = edited(automation, "30 9 * * *", "UTC", true, "2026-01-01T08:15:00Z");

        assertThat(writeDown(automation)).isEqualTo(4);
        assertThat(ledger(automation))
                .containsExactly(
                        "2026-01-01T09:30:00Z missed",
                        "2026-01-01T08:00:00Z missed",
                        "2026-01-01T07:00:00Z missed",
                        "2026-01-01T06:00:00Z missed");
        assertThat(writeDown(automation)).isZero();
    }

    @Test
    void a_paused_automation_missed_what_it_should_have_done_before_and_nothing_since() {
        var automation = created("0 * * * *", "UTC", "2026-01-01T05:30:00Z");
        automation = edited(automation, "0 * * * *", "UTC", false, "2026-01-01T06:30:00Z");

        assertThat(writeDown(automation)).isEqualTo(1);
        assertThat(ledger(automation)).containsExactly("2026-01-01T06:00:00Z missed");
    }

    @Test
    void the_time_of_a_pause_between_two_edits_is_left_out() {
        var automation = created("0 * * * *", "UTC", "2026-01-01T05:30:00Z");
        automation = edited(automation, "0 * * * *", "UTC", false, "2026-01-01T06:30:00Z");
        automation = edited(automation, "0 * * * *", "UTC", true, "2026-01-01T08:30:00Z");

        assertThat(writeDown(automation)).isEqualTo(2);
        assertThat(ledger(automation))
                .containsExactly("2026-01-01T09:00:00Z missed", "2026-01-01T06:00:00Z missed");
    }

    @Test
    void an_edit_of_the_prompt_alone_begins_nothing_anew() {
        var automation = created("0 * * * *", "UTC", "2026-01-01T05:30:00Z");
        automation = edited(automation, "0 * * * *", "UTC", true, "2026-01-01T09:30:00Z");

        assertThat(automation.timings().former()).isEmpty();
        assertThat(writeDown(automation)).isEqualTo(4);
    }

    @Test
    void what_came_was_not_missed_whichever_expression_it_came_by() {
        var automation = created("0 * * * *", "UTC", "2026-01-01T06:30:00Z");
        record(automation, "2026-01-01T07:00:00Z");
        automation = edited(automation, "0 * * * *", "Asia/Kolkata", true, "2026-01-01T08:45:00Z");

        assertThat(writeDown(automation)).isEqualTo(2);
        assertThat(ledger(automation))
                .containsExactly(
                        "2026-01-01T09:30:00Z missed",
                        "2026-01-01T08:00:00Z missed",
                        "2026-01-01T07:00:00Z superseded");
    }

    @Test
    void what_may_still_come_and_what_is_older_than_two_days_is_left_alone() {
        var automation = created("50 * * * *", "UTC", "2025-12-01T00:00:00Z");
        automation = edited(automation, "0 10 * * *", "UTC", true, "2026-01-01T09:55:00Z");

        assertThat(writeDown(automation)).isEqualTo(47);
        assertThat(ledger(automation)).first().isEqualTo("2026-01-01T08:50:00Z missed");
        assertThat(ledger(automation)).last().isEqualTo("2025-12-30T10:50:00Z missed");
    }

    @Test
    void a_row_remembers_no_more_than_two_days_and_fifty_edits() {
        var automation = created("0 0 * * *", "UTC", "2025-12-01T00:00:00Z");
        automation = edited(automation, "1 0 * * *", "UTC", true, "2025-12-02T00:00:00Z");
        automation = edited(automation, "2 0 * * *", "UTC", true, "2025-12-31T00:00:00Z");
        assertThat(automation.timings().former()).hasSize(1);

        for (int i = 0; i < 60; i++) {
            var cron = "%d 1 * * *".formatted(i);
            automation = edited(automation, cron, "UTC", true, "2025-12-31T01:00:00Z");
        }
        assertThat(automation.timings().former()).hasSize(50);
        assertThat(automation.timings().former().getLast().cron().text()).isEqualTo("58 1 * * *");
    }

    private int writeDown(TaskAutomation automation) {
        var ledger = new MissedOccurrences(world);
        var missed = ledger.find(automation, world.clock().instant(), true);
        return ledger.announceAndRecord(project.id(), missed);
    }

    private List<String> ledger(TaskAutomation automation) {
        return world
                .occurrences()
                .of(automation.projectId(), automation.id(), null, 0, 100)
                .orElseThrow()
                .occurrences()
                .stream()
                .map(each -> each.scheduledAt() + " " + each.outcome().text())
                .toList();
    }

    private void record(TaskAutomation automation, String minute) {
        world.occurrences()
                .record(
                        new Occurrence(
                                automation.projectId(),
                                automation.id(),
                                Instant.parse(minute),
                                Outcome.SUPERSEDED,
                                null,
                                1,
                                Duration.ZERO,
                                world.clock().instant()),
                        automation);
    }

    private TaskAutomation created(String cron, String zone, String at) {
        var now = Instant.parse(at);
        var automation =
                TaskAutomation.create(
                        Ids.timeOrdered(now),
                        project.id(),
                        Ids.timeOrdered(now),
                        spec(cron, zone, true),
                        Policy.DEFAULT,
                        now);
        world.automations().add(automation, project.taskOf(automation));
        return automation;
    }

    private TaskAutomation edited(
            TaskAutomation automation, String cron, String zone, boolean enabled, String at) {
        return world.automations()
                .update(
                        automation.projectId(),
                        automation.id(),
                        row -> row.with(spec(cron, zone, enabled), Instant.parse(at)))
                .orElseThrow();
    }

    static AutomationSpec spec(String cron, String zone, boolean enabled) {
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
