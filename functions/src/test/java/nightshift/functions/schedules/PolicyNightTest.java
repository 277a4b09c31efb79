package nightshift.functions.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.automation.Occurrence;
import nightshift.automation.Outcome;
import nightshift.automation.Policy;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.Policy.RetryOn;
import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.json.Json;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.testing.TestProject;
import nightshift.testing.Together;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/// Nights of an automation with a policy, minute by minute.
class PolicyNightTest {
    private static final Duration WORK = Duration.ofSeconds(150);

    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);

    @Test
    void allow_starts_a_run_every_minute() throws Exception {
        var automation = everyMinute(Overlap.ALLOW);
        night(automation, 20);
        assertThat(ledger(automation))
                .extracting(Occurrence::outcome)
                .containsOnly(Outcome.STARTED);
        assertThat(runs(automation)).hasSize(20);
    }

    @Test
    void skip_never_has_two_at_once_and_accounts_for_every_minute() throws Exception {
        var automation = everyMinute(Overlap.SKIP);
        night(automation, 20);
        var ledger = ledger(automation);
        assertThat(ledger).hasSize(20);
        assertThat(ledger)
                .extracting(Occurrence::outcome)
                .containsOnly(Outcome.STARTED, Outcome.OVERLAP_SKIPPED);
        assertThat(runs(automation)).hasSize(7); // 150 seconds of every 180
        for (var one : ledger) {
            assertThat(one.deliveries()).isEqualTo(100);
            assertThat(one.runId()).as("the run, or the one in the way").isNotNull();
        }
    }

    @Test
    void cancel_previous_leaves_the_last_one_alone() throws Exception {
        var automation = everyMinute(Overlap.CANCEL_PREVIOUS);
        night(automation, 20);
        var runs = runs(automation);
        assertThat(runs).hasSize(20);
        assertThat(runs.getFirst().status()).isEqualTo(RunStatus.QUEUED);
        assertThat(runs.subList(1, 20))
                .extracting(TaskRun::status)
                .containsOnly(RunStatus.CANCELLED);
        assertThat(found(automation).failuresInARow()).isZero();
    }

    @Test
    void a_job_that_fails_for_a_while_is_one_occurrence_of_three_runs_and_a_success() {
        var automation = daily(new int[] {3, 0}, RetryOn.TRANSIENT);
        fire(automation, world.clock().instant());
        end(automation, RunStatus.FAILED, true);
        assertThat(retryAt(automation)).isEqualTo(world.clock().instant().plusSeconds(60));
        assertThat(ringUntil(automation, Duration.ofSeconds(59))).isEmpty();
        assertThat(ringUntil(automation, Duration.ofSeconds(1))).containsExactly("retried");
        end(automation, RunStatus.FAILED, true);
        assertThat(retryAt(automation)).isEqualTo(world.clock().instant().plusSeconds(120));
        assertThat(ringUntil(automation, Duration.ofMinutes(2))).containsExactly("retried");
        end(automation, RunStatus.COMPLETED, false);

        assertThat(ledger(automation))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.attempt()).isEqualTo(3);
                    assertThat(one.runStatus()).isEqualTo(RunStatus.COMPLETED);
                });
        assertThat(runs(automation))
                .extracting(run -> Json.stored(run.report().state()).path("attempt").asInt(1))
                .containsExactly(3, 2, 1);
        assertThat(runs(automation))
                .extracting(run ->
                        Json.stored(run.report().state())
                                .path("automation_trigger_workflow_id")
                                .asText())
                .containsOnly("task-automation-run-" + automation.id() + "-2026-01-01-10-00");
        assertThat(found(automation).failuresInARow()).isZero();
    }

    @Test
    void a_failure_that_stays_is_not_retried() {
        var automation = daily(new int[] {3, 0}, RetryOn.TRANSIENT);
        fire(automation, world.clock().instant());
        end(automation, RunStatus.FAILED, false);
        assertThat(world.oneTimeSchedules.all()).isEmpty();
        assertThat(found(automation).failuresInARow()).isEqualTo(1);
    }

    @Test
    void a_silent_worker_is_retried() {
        var automation = daily(new int[] {1, 0}, RetryOn.TRANSIENT);
        fire(automation, world.clock().instant());
        world.forward(Duration.ofHours(12).minusMinutes(1));
        world.runs()
                .update(
                        runs(automation).getFirst().key(),
                        run -> run.claimedBy("w", run.times().created()));
        new ReapTaskRuns(world).answer(Json.object());
        sync(automation);
        assertThat(runs(automation).getFirst().status()).isEqualTo(RunStatus.FAILED);
        assertThat(ringUntil(automation, Duration.ofSeconds(60))).containsExactly("retried");
    }

    @Test
    void a_retry_rings_once_however_often_it_is_delivered() throws Exception {
        var automation = daily(new int[] {1, 0}, RetryOn.ANY);
        fire(automation, world.clock().instant());
        end(automation, RunStatus.FAILED, false);
        world.forward(Duration.ofSeconds(60));
        var input =
                world.oneTimeSchedules.takeDue(world.clock().instant()).values().iterator().next();
        var answers = Together.all(100, _ -> fire(input.input()));
        assertThat(answers).containsOnlyOnce("retried");
        assertThat(runs(automation)).hasSize(2);
        end(automation, RunStatus.FAILED, false);
        assertThat(fire(input.input())).isEqualTo("dropped");
        assertThat(found(automation).failuresInARow()).isEqualTo(1);
    }

    @Test
    void five_failures_pause_it_once_and_enabling_it_starts_anew() {
        var automation = daily(new int[] {0, 5}, RetryOn.ANY);
        for (int day = 0; day < 5; day++) {
            fire(automation, world.clock().instant());
            end(automation, RunStatus.FAILED, false);
            world.forward(Duration.ofDays(1));
        }
        var paused = found(automation);
        assertThat(paused.spec().enabled()).isFalse();
        assertThat(paused.lastError()).isEqualTo("Paused after 5 failures in a row: it broke");
        assertThat(fire(automation, world.clock().instant())).isEqualTo("paused");
        assertThat(runs(automation)).hasSize(5);
        assertThat(
                        runs(automation).stream()
                                .filter(run -> run.streak() != null && run.streak().paused()))
                .hasSize(1);
    }

    private void night(TaskAutomation automation, int minutes) throws Exception {
        for (int minute = 0; minute < minutes; minute++) {
            var at = world.clock().instant();
            for (var run : runs(automation)) {
                if (!run.status().terminal() && !run.times().created().plus(WORK).isAfter(at)) {
                    world.runs().update(run.key(), it -> it.with(RunStatus.COMPLETED, at));
                }
            }
            Together.all(100, _ -> fire(automation, at));
            world.forward(Duration.ofMinutes(1));
        }
    }

    private TaskAutomation everyMinute(Overlap overlap) {
        return automation(
                "* * * * *",
                new Policy(
                        overlap, 0, Duration.ofMinutes(1), RetryOn.ANY, 3, null, null, Map.of()));
    }

    /// @param numbers of retries, and of failures that pause
    private TaskAutomation daily(int[] numbers, RetryOn retryOn) {
        return automation(
                "0 10 * * *",
                new Policy(
                        Overlap.SKIP,
                        numbers[0],
                        Duration.ofMinutes(1),
                        retryOn,
                        numbers[1],
                        null,
                        null,
                        Map.of()));
    }

    private TaskAutomation automation(String cron, Policy policy) {
        var automation = project.automation("nightly");
        var spec = MissedOccurrencesTest.spec(cron, "UTC", true);
        var begun = world.clock().instant().minus(1, ChronoUnit.DAYS);
        world.automations().update(project.id(), automation.id(), from -> from.with(spec, begun));
        return project.with(automation, policy);
    }

    private String fire(TaskAutomation automation, Instant at) {
        var answer =
                fire(
                        Json.text(
                                Json.object()
                                        .put("project_id", project.id())
                                        .put("automation_id", automation.id().toString())
                                        .put("scheduled_time", at.toString())));
        sync(automation);
        return answer;
    }

    private String fire(String input) {
        var event = (ObjectNode) Json.stored(input);
        return new FireTaskAutomation(world).answer(event).path("outcome").asText();
    }

    private void end(TaskAutomation automation, RunStatus status, boolean temporary) {
        var now = world.clock().instant();
        var updated =
                world.runs()
                        .update(
                                runs(automation).getFirst().key(),
                                run -> {
                                    var ended = run.with(status, now).withErrorMessage("it broke");
                                    var state = (ObjectNode) Json.stored(run.report().state());
                                    return temporary
                                            ? ended.withState(
                                                    Json.text(state.put("transient", true)))
                                            : ended;
                                });
        assertThat(updated).isPresent();
        sync(automation);
    }

    /// What the table's stream does.
    private void sync(TaskAutomation automation) {
        new Synchronizer(world).syncRetry(project.id(), automation.id());
    }

    private List<String> ringUntil(TaskAutomation automation, Duration passing) {
        world.forward(passing);
        var outcomes =
                world.oneTimeSchedules.takeDue(world.clock().instant()).values().stream()
                        .map(schedule -> fire(schedule.input()))
                        .toList();
        sync(automation);
        return outcomes;
    }

    private @Nullable Instant retryAt(TaskAutomation automation) {
        var name = "task-automation-" + automation.id() + "-retry";
        return world.oneTimeSchedules.of(name).map(schedule -> schedule.at()).orElse(null);
    }

    private TaskAutomation found(TaskAutomation automation) {
        return world.automations().find(project.id(), automation.id()).orElseThrow();
    }

    private List<TaskRun> runs(TaskAutomation automation) {
        return world.runs().of(project.id(), automation.taskId(), 0, 1_000).runs();
    }

    private List<Occurrence> ledger(TaskAutomation automation) {
        return world.occurrences()
                .of(project.id(), automation.id(), null, 0, 1_000)
                .orElseThrow()
                .occurrences();
    }
}
