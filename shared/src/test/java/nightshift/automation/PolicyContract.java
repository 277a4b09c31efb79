package nightshift.automation;

import static nightshift.testing.TestProject.occurrence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import nightshift.automation.Occurrences.Recorded;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.Policy.RetryOn;
import nightshift.run.RunKey;
import nightshift.run.RunOccurrence;
import nightshift.run.RunStatus;
import nightshift.run.RunStreak;
import nightshift.run.TaskRun;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;
import nightshift.testing.Together;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What every store of automations, occurrences and runs does with a policy.
public interface PolicyContract {
    Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
    Instant LATER = Instant.parse("2026-01-05T09:00:30Z");

    Ports ports();

    private TestProject project() {
        return new TestProject(ports());
    }

    static Policy overlapping(Overlap overlap) {
        return policy(overlap, 0, RetryOn.TRANSIENT, 0);
    }

    static Policy policy(Overlap overlap, int retries, RetryOn retryOn, int pauseAfter) {
        return new Policy(
                overlap, retries, Duration.ofMinutes(1), retryOn, pauseAfter, null, null, Map.of());
    }

    @Test
    default void an_edit_of_the_policy_moves_its_edition_and_nothing_else() {
        var project = project();
        var automation = project.automation("nightly");
        var edited = project.with(automation, overlapping(Overlap.SKIP));
        assertThat(edited.policyEdition()).isEqualTo(2);
        assertThat(found(automation)).isEqualTo(edited);
        assertThat(edited.edition()).isEqualTo(1);
        assertThat(edited.updatedAt()).isEqualTo(automation.updatedAt());
        assertThat(ports().automations().updatePolicy(1, automation.id(), same -> same)).isEmpty();
    }

    @Test
    default void edits_of_a_policy_at_once_all_happen() throws Exception {
        var project = project();
        var automation = project.automation("nightly");
        Together.all(
                8,
                n ->
                        ports().automations()
                                .updatePolicy(
                                        project.id(),
                                        automation.id(),
                                        from ->
                                                from.with(
                                                        policy(
                                                                Overlap.SKIP,
                                                                from.policy().retryAttempts() + 1,
                                                                RetryOn.ANY,
                                                                n)))
                                .orElseThrow());
        assertThat(found(automation).policy().retryAttempts()).isEqualTo(8);
        assertThat(found(automation).policyEdition()).isEqualTo(9);
    }

    @Test
    default void a_decision_on_another_policy_is_outdated() {
        var project = project();
        var automation = project.automation("nightly");
        project.with(automation, overlapping(Overlap.SKIP));
        assertThat(start(project, automation, NINE)).isEqualTo(Recorded.OUTDATED);
        assertThat(start(project, found(automation), NINE)).isEqualTo(Recorded.NOW);
    }

    @Test
    default void a_start_that_must_not_overlap_is_outdated_if_the_last_run_goes_on_again() {
        var project = project();
        var automation = project.with(project.automation("nightly"), overlapping(Overlap.SKIP));
        start(project, automation, NINE);
        var run = last(automation);
        end(run, RunStatus.COMPLETED);
        var ended = found(automation);
        end(run, RunStatus.QUEUED);
        assertThat(start(project, ended, NINE.plusSeconds(60))).isEqualTo(Recorded.OUTDATED);
    }

    @Test
    default void a_skip_is_outdated_if_the_run_in_the_way_has_ended() {
        var project = project();
        var automation = project.with(project.automation("nightly"), overlapping(Overlap.SKIP));
        start(project, automation, NINE);
        var running = found(automation);
        var run = last(automation);
        var skipped = occurrence(running, NINE.plusSeconds(60), Outcome.OVERLAP_SKIPPED, run.id());
        end(run, RunStatus.COMPLETED);
        assertThat(ports().occurrences().record(skipped, running)).isEqualTo(Recorded.OUTDATED);
        end(run, RunStatus.IN_PROGRESS);
        var again = found(automation);
        assertThat(ports().occurrences().record(skipped, again)).isEqualTo(Recorded.NOW);
        assertThat(ledger(automation).getFirst()).isEqualTo(skipped);
    }

    @Test
    default void a_start_cancels_the_run_before_it_if_the_policy_says_so() {
        var project = project();
        var automation =
                project.with(project.automation("nightly"), overlapping(Overlap.CANCEL_PREVIOUS));
        start(project, automation, NINE);
        var first = last(automation);
        assertThat(start(project, found(automation), NINE.plusSeconds(60))).isEqualTo(Recorded.NOW);

        var cancelled = run(first);
        assertThat(cancelled.status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(cancelled.times().completed()).isNotNull();
        assertThat(cancelled.report().errorMessage()).startsWith("Cancelled");
        assertThat(cancelled.streak()).isEqualTo(RunStreak.unchanged(0, 0));
        var second = last(automation);
        assertThat(second.status()).isEqualTo(RunStatus.QUEUED);
        assertThat(found(automation).lastError()).isNull();
        assertThat(ledger(automation))
                .extracting(Occurrence::runId, Occurrence::attempt, Occurrence::runStatus)
                .containsExactly(
                        tuple(second.id(), 1, null), tuple(first.id(), 1, RunStatus.CANCELLED));

        end(second, RunStatus.COMPLETED);
        project.start(found(automation));
        assertThat(run(second).status()).isEqualTo(RunStatus.COMPLETED);
        var third = last(automation);
        project.start(found(automation));
        assertThat(run(third).status()).as("by hand").isEqualTo(RunStatus.CANCELLED);
    }

    /// A caller that was not answered repeats its start.
    @ParameterizedTest
    @EnumSource
    default void a_run_that_is_there_is_neither_started_again_nor_cancelled(Overlap overlap) {
        var project = project();
        var automation = project.with(project.automation("nightly"), overlapping(overlap));
        var run = project.unsavedRun(automation);
        var first = ports().automations().start(project.id(), automation.id(), _ -> run);
        assertThat(ports().automations().start(project.id(), automation.id(), _ -> run))
                .isEqualTo(first);
        assertThat(run(run)).isEqualTo(run);

        end(run, RunStatus.COMPLETED);
        var next = project.start(found(automation));
        assertThat(ports().automations().start(project.id(), automation.id(), _ -> run))
                .as("the answer tells the run")
                .hasValueSatisfying(
                        answer -> assertThat(answer.lastRun()).isEqualTo(first.get().lastRun()));
        assertThat(run(next)).isEqualTo(next);
        assertThat(last(automation)).isEqualTo(next);
        assertThat(ports().runs().of(project.id(), automation.taskId(), 0, 9).count()).isEqualTo(2);
    }

    @Test
    default void of_starts_at_once_that_cancel_each_other_one_goes_on() throws Exception {
        var project = project();
        var automation =
                project.with(project.automation("nightly"), overlapping(Overlap.CANCEL_PREVIOUS));
        Together.all(
                12,
                n -> {
                    while (start(project, found(automation), NINE.plusSeconds(60L * n))
                            == Recorded.OUTDATED) {
                        Thread.onSpinWait();
                    }
                    return n;
                });
        var runs = ports().runs().of(project.id(), automation.taskId(), 0, 100);
        assertThat(runs.count()).isEqualTo(12);
        assertThat(runs.runs())
                .filteredOn(run -> run.status() != RunStatus.CANCELLED)
                .singleElement()
                .satisfies(run -> assertThat(run.id()).isEqualTo(last(automation).id()));
        assertThat(ledger(automation))
                .filteredOn(occurrence -> occurrence.runStatus() == RunStatus.CANCELLED)
                .hasSize(11);
    }

    @Test
    default void the_ledger_shows_how_a_run_has_ended() {
        var project = project();
        var automation = project.automation("nightly");
        start(project, automation, NINE);
        var run = last(automation);
        assertThat(ledger(automation).getFirst().runStatus()).isNull();
        end(run, RunStatus.FAILED);
        assertThat(ledger(automation).getFirst().runStatus()).isEqualTo(RunStatus.FAILED);
        end(run, RunStatus.QUEUED);
        assertThat(ledger(automation).getFirst().runStatus()).isNull();
        end(run, RunStatus.COMPLETED);
        assertThat(ledger(automation).getFirst().runStatus()).isEqualTo(RunStatus.COMPLETED);
        assertThat(ledger(automation).getFirst().attempt()).isEqualTo(1);
    }

    @Test
    default void a_failed_run_is_retried_once_whatever_comes_at_once() throws Exception {
        var project = project();
        var automation =
                project.with(
                        project.automation("nightly"), policy(Overlap.ALLOW, 2, RetryOn.ANY, 0));
        start(project, automation, NINE);
        var failed = last(automation);
        end(failed, RunStatus.FAILED);
        var waiting = found(automation);
        assertThat(waiting.retry())
                .isEqualTo(new Retry(failed.id(), NINE, 2, LATER.plusSeconds(60)));
        assertThat(waiting.failuresInARow()).isZero();
        assertThat(run(failed).streak()).isEqualTo(RunStreak.unchanged(0, 0));

        var answers =
                Together.all(
                        20,
                        _ ->
                                ports().occurrences()
                                        .retry(
                                                waiting,
                                                project.unsavedRun(
                                                        waiting, new RunOccurrence(NINE, 2))));
        assertThat(answers).containsOnlyOnce(Recorded.NOW);
        var second = last(automation);
        assertThat(found(automation).retry()).isNull();
        assertThat(ledger(automation))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.runId()).isEqualTo(second.id());
                    assertThat(one.attempt()).isEqualTo(2);
                    assertThat(one.runStatus()).isNull();
                    assertThat(one.deliveries()).isEqualTo(1);
                });
        assertThat(ports().runs().of(project.id(), automation.taskId(), 0, 9).count()).isEqualTo(2);

        end(failed, RunStatus.CANCELLED);
        assertThat(ledger(automation).getFirst().runStatus()).as("of the latest").isNull();
        end(second, RunStatus.COMPLETED);
        assertThat(ledger(automation).getFirst().runStatus()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    default void a_retry_is_gone_after_a_start_an_edit_a_pause_or_a_run_that_goes_on_again() {
        var project = project();
        for (var way : List.of("start", "pause", "edit", "policy", "reopen", "complete")) {
            var automation =
                    project.with(project.automation(way), policy(Overlap.ALLOW, 2, RetryOn.ANY, 0));
            start(project, automation, NINE);
            var failed = last(automation);
            end(failed, RunStatus.FAILED);
            var waiting = found(automation);
            assertThat(waiting.retry()).isNotNull();
            switch (way) {
                case "start" -> project.start(waiting);
                case "pause" -> edit(project, waiting, waiting.spec().paused());
                case "edit" -> edit(project, waiting, cron(waiting, "0 8 * * *"));
                case "policy" -> project.with(waiting, Policy.DEFAULT);
                case "reopen" -> end(failed, RunStatus.QUEUED);
                default -> end(failed, RunStatus.COMPLETED);
            }
            assertThat(found(automation).retry()).as(way).isNull();
            var run = project.unsavedRun(waiting, new RunOccurrence(NINE, 2));
            assertThat(ports().occurrences().retry(waiting, run))
                    .as(way)
                    .isEqualTo(Recorded.OUTDATED);
            assertThat(ports().runs().find(run.key())).isEmpty();
        }
    }

    @Test
    default void a_failure_whose_retry_is_dropped_counts_once() throws Exception {
        var project = project();
        for (var way : List.of("start", "pause", "edit", "policy")) {
            var automation =
                    project.with(project.automation(way), policy(Overlap.ALLOW, 2, RetryOn.ANY, 9));
            start(project, automation, NINE);
            var failed = last(automation);
            end(failed, RunStatus.FAILED);
            assertThat(count(failed))
                    .as("its retry is to come")
                    .isEqualTo(RunStreak.unchanged(0, 0));
            var waiting = found(automation);
            switch (way) {
                case "start" -> project.start(waiting);
                case "pause" -> edit(project, waiting, waiting.spec().paused());
                case "edit" -> edit(project, waiting, cron(waiting, "0 8 * * *"));
                default -> project.with(waiting, policy(Overlap.ALLOW, 0, RetryOn.ANY, 9));
            }
            assertThat(Together.all(10, _ -> count(failed)))
                    .as(way)
                    .containsOnly(new RunStreak(0, 0, 1, false));
            assertThat(found(automation).failuresInARow()).as(way).isEqualTo(1);
        }
    }

    @Test
    default void a_failure_whose_retry_is_dropped_pauses_the_automation() {
        var project = project();
        var automation =
                project.with(
                        project.automation("nightly"), policy(Overlap.ALLOW, 2, RetryOn.ANY, 1));
        start(project, automation, NINE);
        var failed = last(automation);
        end(failed, RunStatus.FAILED);
        project.start(found(automation));
        assertThat(count(failed)).isEqualTo(new RunStreak(0, 0, 1, true));
        assertThat(found(automation).spec().enabled()).isFalse();
        assertThat(found(automation).lastError())
                .isEqualTo("Paused after 1 failures in a row: it broke");
    }

    @Test
    default void a_failure_does_not_count_if_its_retry_has_started_or_the_run_goes_on() {
        var project = project();
        for (var way : List.of("retried", "reopened", "completed", "deleted")) {
            var automation =
                    project.with(project.automation(way), policy(Overlap.ALLOW, 2, RetryOn.ANY, 9));
            start(project, automation, NINE);
            var failed = last(automation);
            end(failed, RunStatus.FAILED);
            var waiting = found(automation);
            switch (way) {
                case "retried" ->
                        ports().occurrences()
                                .retry(
                                        waiting,
                                        project.unsavedRun(waiting, new RunOccurrence(NINE, 2)));
                case "reopened" -> end(failed, RunStatus.QUEUED);
                case "completed" -> end(failed, RunStatus.COMPLETED);
                default -> ports().automations().remove(project.id(), automation.id());
            }
            var streak = run(failed).streak();
            assertThat(count(failed)).as(way).isEqualTo(streak);
            var after = ports().automations().find(project.id(), automation.id());
            assertThat(after.map(TaskAutomation::failuresInARow).orElse(0)).as(way).isZero();
        }
    }

    @Test
    default void an_edit_of_the_words_keeps_a_retry() {
        var project = project();
        var automation =
                project.with(
                        project.automation("nightly"), policy(Overlap.ALLOW, 2, RetryOn.ANY, 0));
        start(project, automation, NINE);
        end(last(automation), RunStatus.FAILED);
        var waiting = found(automation);
        edit(project, waiting, TestProject.spec("other name"));
        assertThat(found(automation).retry()).isNotNull().isEqualTo(waiting.retry());
    }

    @Test
    default void failures_in_a_row_pause_the_automation_and_enabling_starts_anew() {
        var project = project();
        var automation =
                project.with(
                        project.automation("nightly"), policy(Overlap.ALLOW, 0, RetryOn.ANY, 3));
        for (int day = 0; day < 3; day++) {
            start(project, found(automation), NINE.plus(Duration.ofDays(day)));
            var run = last(automation);
            end(run, RunStatus.FAILED);
            assertThat(run(run).streak()).isEqualTo(new RunStreak(0, day, day + 1, day == 2));
        }
        var paused = found(automation);
        assertThat(paused.spec().enabled()).isFalse();
        assertThat(paused.pausedReason()).isEqualTo("failures");
        assertThat(paused.failuresInARow()).isEqualTo(3);
        assertThat(paused.lastError()).isEqualTo("Paused after 3 failures in a row: it broke");
        assertThat(paused.edition()).isEqualTo(2);
        assertThat(paused.timings().since()).isEqualTo(LATER);

        edit(project, paused, TestProject.spec("nightly"));
        var again = found(automation);
        assertThat(again.spec().enabled()).isTrue();
        assertThat(again.pausedReason()).isNull();
        assertThat(again.failuresInARow()).isZero();
        assertThat(again.lastError()).isNull();

        start(project, again, NINE.plus(Duration.ofDays(3)));
        var failed = last(automation);
        end(failed, RunStatus.FAILED);
        assertThat(run(failed).streak()).isEqualTo(new RunStreak(3, 0, 1, false));
        start(project, found(automation), NINE.plus(Duration.ofDays(4)));
        var completed = last(automation);
        end(completed, RunStatus.COMPLETED);
        assertThat(run(completed).streak()).isEqualTo(new RunStreak(3, 1, 0, false));
        assertThat(found(automation).state().earlierFailures()).isZero();
    }

    @Test
    default void runs_by_hand_change_no_count() {
        var project = project();
        var automation =
                project.with(
                        project.automation("nightly"), policy(Overlap.ALLOW, 3, RetryOn.ANY, 2));
        start(project, automation, NINE);
        project.with(automation, policy(Overlap.ALLOW, 0, RetryOn.ANY, 2));
        end(last(automation), RunStatus.FAILED);
        for (var status : List.of(RunStatus.FAILED, RunStatus.COMPLETED, RunStatus.CANCELLED)) {
            project.start(found(automation));
            var run = last(automation);
            end(run, status);
            assertThat(found(automation).failuresInARow()).isEqualTo(1);
            assertThat(found(automation).retry()).isNull();
            assertThat(run(run).streak()).isEqualTo(RunStreak.unchanged(0, 1));
        }
        assertThat(found(automation).spec().enabled()).isTrue();
    }

    @Test
    default void failures_of_overlapping_runs_at_once_are_all_counted() throws Exception {
        var project = project();
        var automation =
                project.with(
                        project.automation("nightly"), policy(Overlap.ALLOW, 0, RetryOn.ANY, 100));
        for (int n = 0; n < 10; n++) {
            start(project, found(automation), NINE.plusSeconds(60L * n));
        }
        var runs = ports().runs().of(project.id(), automation.taskId(), 0, 100).runs();
        Together.all(
                runs.size(),
                n -> {
                    end(runs.get(n), RunStatus.FAILED);
                    end(runs.get(n), RunStatus.FAILED);
                    return n;
                });
        assertThat(found(automation).failuresInARow()).isEqualTo(10);
        assertThat(ports().runs().all(runs.stream().map(TaskRun::key).toList()))
                .extracting(run -> run.streak() == null ? 0 : run.streak().after())
                .containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    private Recorded start(TestProject project, TaskAutomation automation, Instant at) {
        var run = project.unsavedRun(automation, new RunOccurrence(at, 1));
        return ports().occurrences()
                .start(automation, run, occurrence(automation, at, Outcome.STARTED, run.id()));
    }

    private void end(TaskRun run, RunStatus status) {
        var ended =
                ports().runs()
                        .update(
                                run.key(),
                                from ->
                                        status.failed()
                                                ? from.with(status, LATER)
                                                        .withErrorMessage("it broke")
                                                : from.with(status, LATER));
        assertThat(ended).isPresent();
    }

    private RunStreak count(TaskRun failed) {
        return ports().runs().countFailure(failed.key(), LATER).orElseThrow().streak();
    }

    private void edit(TestProject project, TaskAutomation automation, AutomationSpec spec) {
        var edited =
                ports().automations()
                        .update(
                                project.id(),
                                automation.id(),
                                from -> from.with(spec, project.now()));
        assertThat(edited).isPresent();
    }

    private static AutomationSpec cron(TaskAutomation automation, String cron) {
        var spec = automation.spec();
        return new AutomationSpec(
                spec.name(),
                spec.prompt(),
                spec.repository(),
                spec.githubIntegration(),
                CronExpression.parse(cron),
                spec.timezone(),
                spec.templateId(),
                spec.enabled());
    }

    private TaskRun run(TaskRun run) {
        return ports().runs().find(run.key()).orElseThrow();
    }

    private TaskRun last(TaskAutomation automation) {
        var last = found(automation).lastRun();
        if (last == null) {
            throw new IllegalStateException("never run");
        }
        return ports().runs()
                .find(new RunKey(automation.projectId(), automation.taskId(), last.id()))
                .orElseThrow();
    }

    private TaskAutomation found(TaskAutomation automation) {
        return ports().automations().find(automation.projectId(), automation.id()).orElseThrow();
    }

    private List<Occurrence> ledger(TaskAutomation automation) {
        return ports().occurrences()
                .of(automation.projectId(), automation.id(), null, 0, 100)
                .orElseThrow()
                .occurrences();
    }
}
