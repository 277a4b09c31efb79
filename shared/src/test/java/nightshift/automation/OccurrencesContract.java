package nightshift.automation;

import static nightshift.testing.TestProject.occurrence;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.Occurrences.Recorded;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;
import nightshift.testing.Together;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.UUID;

/// What every `Occurrences` does.
public interface OccurrencesContract {
    Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    Ports ports();

    @Test
    default void a_start_is_recorded_with_its_run_and_is_the_automations_last() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        ports().automations().fail(automation, "refused", project.now());
        var run = project.unsavedRun(automation);
        var occurrence = occurrence(automation, NINE, Outcome.STARTED, run.id());
        assertThat(ports().occurrences().start(found(automation), run, occurrence))
                .isEqualTo(Recorded.NOW);
        assertThat(all(automation).occurrences()).containsExactly(occurrence);
        assertThat(ports().runs().find(run.key())).contains(run);
        assertThat(found(automation).lastRun())
                .isEqualTo(new LastRun(run.id(), run.times().created(), run.status()));
        assertThat(found(automation).lastError()).isNull();
        assertThat(ports().tasks().find(project.id(), automation.taskId()).orElseThrow())
                .satisfies(task -> assertThat(task.latestRunId()).isEqualTo(run.id()));
    }

    @Test
    default void a_repeated_delivery_changes_nothing_but_the_count() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var first = project.unsavedRun(automation);
        var second = project.unsavedRun(automation);
        var occurrence = occurrence(automation, NINE, Outcome.STARTED, first.id());
        ports().occurrences().start(automation, first, occurrence);
        var before = found(automation);
        assertThat(
                        ports().occurrences()
                                .start(
                                        before,
                                        second,
                                        occurrence(automation, NINE, Outcome.STARTED, second.id())))
                .isEqualTo(Recorded.BEFORE);
        assertThat(
                        ports().occurrences()
                                .record(occurrence(automation, NINE, Outcome.STALE, null), before))
                .isEqualTo(Recorded.BEFORE);
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(before);
        assertThat(ports().runs().find(second.key())).isEmpty();
        assertThat(all(automation).occurrences())
                .singleElement()
                .satisfies(kept -> {
                    assertThat(kept.outcome()).isEqualTo(Outcome.STARTED);
                    assertThat(kept.runId()).isEqualTo(first.id());
                    assertThat(kept.deliveries()).isEqualTo(3);
                    assertThat(kept.late()).isEqualTo(occurrence.late());
                });
    }

    @Test
    default void a_repeat_is_known_when_the_automation_is_gone() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.unsavedRun(automation);
        var occurrence = occurrence(automation, NINE, Outcome.STARTED, run.id());
        ports().occurrences().start(automation, run, occurrence);
        ports().automations().remove(project.id(), automation.id());
        assertThat(ports().occurrences().start(automation, run, occurrence))
                .isEqualTo(Recorded.BEFORE);
    }

    @Test
    default void a_decision_on_what_has_changed_since_is_outdated_and_leaves_nothing() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        assertThat(
                        ports().automations()
                                .update(
                                        project.id(),
                                        automation.id(),
                                        from ->
                                                from.with(
                                                        TestProject.spec("edited"), project.now())))
                .isPresent();
        var run = project.unsavedRun(automation);
        var started = occurrence(automation, NINE, Outcome.STARTED, run.id());
        var paused = occurrence(automation, NINE, Outcome.PAUSED, null);
        var deleted = occurrence(automation, NINE, Outcome.DELETED, null);
        assertThat(ports().occurrences().start(automation, run, started))
                .isEqualTo(Recorded.OUTDATED);
        assertThat(ports().occurrences().record(paused, automation)).isEqualTo(Recorded.OUTDATED);
        assertThat(ports().occurrences().record(deleted, null)).isEqualTo(Recorded.OUTDATED);
        ports().automations().remove(project.id(), automation.id());
        assertThat(ports().occurrences().start(automation, run, started))
                .isEqualTo(Recorded.OUTDATED);
        assertThat(ports().occurrences().record(paused, automation)).isEqualTo(Recorded.OUTDATED);
        assertThat(
                        ports().occurrences()
                                .recorded(
                                        project.id(), automation.id(), NINE, NINE.plusSeconds(60)))
                .isEmpty();
        assertThat(ports().runs().find(run.key())).isEmpty();
        assertThat(ports().occurrences().record(deleted, null)).isEqualTo(Recorded.NOW);
    }

    @Test
    default void a_start_that_another_run_overtook_is_outdated() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var late = project.unsavedRun(automation);
        project.start(automation);
        assertThat(
                        ports().occurrences()
                                .start(
                                        automation,
                                        late,
                                        occurrence(automation, NINE, Outcome.STARTED, late.id())))
                .isEqualTo(Recorded.OUTDATED);
        var current = found(automation);
        var next = project.unsavedRun(automation);
        assertThat(
                        ports().occurrences()
                                .start(
                                        current,
                                        next,
                                        occurrence(automation, NINE, Outcome.STARTED, next.id())))
                .isEqualTo(Recorded.NOW);
    }

    @Test
    default void lists_newest_first_by_pages_and_by_outcome() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var outcomes = Outcome.values();
        for (int n = 0; n < 21; n++) {
            var outcome = outcomes[n % outcomes.length];
            ports().occurrences()
                    .record(
                            occurrence(
                                    automation,
                                    NINE.plus(n * 7 % 21, ChronoUnit.DAYS).plusSeconds(60L * n),
                                    outcome,
                                    null),
                            automation);
        }
        var all = all(automation);
        assertThat(all.count()).isEqualTo(21);
        assertThat(all.occurrences())
                .extracting(Occurrence::scheduledAt)
                .isSortedAccordingTo((one, other) -> other.compareTo(one));
        var page =
                ports().occurrences().of(project.id(), automation.id(), null, 5, 4).orElseThrow();
        assertThat(page.count()).isEqualTo(21);
        assertThat(page.occurrences()).isEqualTo(all.occurrences().subList(5, 9));
        var stale =
                ports().occurrences()
                        .of(project.id(), automation.id(), Outcome.STALE, 1, 1)
                        .orElseThrow();
        assertThat(stale.count()).isEqualTo(3);
        assertThat(stale.occurrences())
                .isEqualTo(
                        all.occurrences().stream()
                                .filter(each -> each.outcome() == Outcome.STALE)
                                .skip(1)
                                .limit(1)
                                .toList());
    }

    @Test
    default void lists_begin_at_a_moment_and_are_counted_from_it() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var outcomes = Outcome.values();
        for (int n = 0; n < 60; n++) {
            var minute = NINE.plus(n * 29L % 60, ChronoUnit.DAYS).plusSeconds(60L * n);
            ports().occurrences()
                    .record(
                            occurrence(automation, minute, outcomes[n % outcomes.length], null),
                            automation);
        }
        var all = all(automation).occurrences();
        for (int days : new int[] {0, 1, 9, 30, 33, 59, 60}) {
            var since = NINE.plus(days, ChronoUnit.DAYS).plusSeconds(1);
            for (var outcome : new Outcome[] {null, Outcome.STARTED, Outcome.MISSED}) {
                var wanted =
                        all.stream()
                                .filter(each -> each.scheduledAt().isAfter(since))
                                .filter(each -> outcome == null || each.outcome() == outcome)
                                .toList();
                for (int offset : new int[] {0, 3, 17, 40}) {
                    var page =
                            ports().occurrences()
                                    .of(project.id(), automation.id(), outcome, since, offset, 5)
                                    .orElseThrow();
                    assertThat(page.count()).isEqualTo(wanted.size());
                    assertThat(page.occurrences())
                            .isEqualTo(wanted.stream().skip(offset).limit(5).toList());
                }
            }
        }
    }

    @Test
    default void lists_those_of_a_project_between_two_minutes() {
        var project = new TestProject(ports());
        var one = project.automation("one");
        var other = project.automation("other");
        for (int n = 0; n < 12; n++) {
            var automation = n % 3 == 0 ? other : one;
            var outcome = n % 4 == 0 ? Outcome.MISSED : Outcome.STALE;
            ports().occurrences()
                    .record(
                            occurrence(automation, NINE.plusSeconds(60L * n), outcome, null),
                            automation);
        }
        var from = NINE.plusSeconds(120);
        var to = NINE.plusSeconds(540);
        var between = ports().occurrences().between(project.id(), null, from, to);
        assertThat(between)
                .hasSize(8)
                .extracting(Occurrence::scheduledAt)
                .isSortedAccordingTo(Comparator.reverseOrder())
                .startsWith(to)
                .endsWith(from);
        assertThat(ports().occurrences().between(project.id(), other.id(), from, to))
                .isEqualTo(
                        between.stream()
                                .filter(each -> each.automationId().equals(other.id()))
                                .toList());
        assertThat(ports().occurrences().in(project.id(), null, null, from, to, 2, 3))
                .isEqualTo(new Occurrences.Listed(8, between.subList(2, 5)));
        assertThat(
                        ports().occurrences()
                                .in(project.id(), one.id(), Outcome.MISSED, from, to, 0, 9)
                                .occurrences())
                .extracting(Occurrence::scheduledAt)
                .containsExactly(NINE.plusSeconds(480), NINE.plusSeconds(240));
        var read = ports().automations().find(project.id(), one.id()).orElseThrow();
        assertThat(ports().occurrences().newest(read))
                .extracting(Occurrence::scheduledAt)
                .startsWith(NINE.plusSeconds(660), NINE.plusSeconds(600));
        assertThat(ports().occurrences().between(new TestProject(ports()).id(), null, from, to))
                .isEmpty();
    }

    @Test
    default void automations_and_projects_do_not_mix() {
        var project = new TestProject(ports());
        var one = project.automation("one");
        var other = project.automation("other");
        ports().occurrences().record(occurrence(one, NINE, Outcome.PAUSED, null), one);
        assertThat(all(other).count()).isZero();
        var foreign = new TestProject(ports());
        assertThat(ports().occurrences().of(foreign.id(), one.id(), null, 0, 9)).isEmpty();
        assertThat(
                        ports().occurrences()
                                .recorded(foreign.id(), one.id(), NINE, NINE.plusSeconds(60)))
                .isEmpty();
    }

    @Test
    default void tells_which_minutes_are_recorded() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        for (int minute : new int[] {0, 1, 2, 3}) {
            ports().occurrences()
                    .record(
                            occurrence(
                                    automation,
                                    NINE.plusSeconds(60L * minute),
                                    Outcome.MISSED,
                                    null),
                            automation);
        }
        assertThat(
                        ports().occurrences()
                                .recorded(
                                        project.id(),
                                        automation.id(),
                                        NINE.plusSeconds(60),
                                        NINE.plusSeconds(180)))
                .containsExactly(NINE.plusSeconds(60), NINE.plusSeconds(120));
    }

    @Test
    default void a_hundred_deliveries_at_once_start_one_run_and_count_a_hundred() throws Exception {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var recorded =
                Together.all(
                        100,
                        _ -> {
                            while (true) {
                                var current = found(automation);
                                var run = project.unsavedRun(current);
                                var answer =
                                        ports().occurrences()
                                                .start(
                                                        current,
                                                        run,
                                                        occurrence(
                                                                current,
                                                                NINE,
                                                                Outcome.STARTED,
                                                                run.id()));
                                if (answer != Recorded.OUTDATED) {
                                    return answer;
                                }
                            }
                        });
        assertThat(recorded).filteredOn(answer -> answer == Recorded.NOW).hasSize(1);
        assertThat(ports().runs().of(project.id(), automation.taskId(), 0, 10).count())
                .isEqualTo(1);
        assertThat(all(automation).occurrences())
                .singleElement()
                .satisfies(kept -> {
                    assertThat(kept.deliveries()).isEqualTo(100);
                    assertThat(found(automation).lastRun())
                            .extracting(LastRun::id)
                            .isEqualTo(kept.runId());
                });
    }

    @Test
    default void occurrences_and_starts_by_hand_at_once_all_happen() throws Exception {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        Together.all(
                20,
                n -> {
                    if (n % 2 == 0) {
                        return project.start(automation).id();
                    }
                    while (true) {
                        var current = found(automation);
                        var run = project.unsavedRun(current);
                        var occurrence =
                                occurrence(
                                        current,
                                        NINE.plusSeconds(60L * n),
                                        Outcome.STARTED,
                                        run.id());
                        if (ports().occurrences().start(current, run, occurrence) == Recorded.NOW) {
                            return run.id();
                        }
                    }
                });
        assertThat(ports().runs().of(project.id(), automation.taskId(), 0, 100).count())
                .isEqualTo(20);
        assertThat(all(automation).count()).isEqualTo(10);
    }

    @Test
    default void knows_nothing_of_an_automation_that_never_was() {
        var project = new TestProject(ports());
        assertThat(ports().occurrences().of(project.id(), new UUID(1, 1), null, 0, 10)).isEmpty();
    }

    @Test
    default void shows_none_of_an_automation_that_is_gone() {
        var project = new TestProject(ports());
        var automation = project.automation("gone");
        ports().occurrences()
                .record(occurrence(automation, NINE, Outcome.PAUSED, null), automation);
        ports().automations().remove(project.id(), automation.id());
        assertThat(ports().occurrences().of(project.id(), automation.id(), null, 0, 10)).isEmpty();
    }

    private TaskAutomation found(TaskAutomation automation) {
        return ports().automations().find(automation.projectId(), automation.id()).orElseThrow();
    }

    private Occurrences.Listed all(TaskAutomation automation) {
        return ports().occurrences()
                .of(automation.projectId(), automation.id(), null, 0, 100)
                .orElseThrow();
    }
}
