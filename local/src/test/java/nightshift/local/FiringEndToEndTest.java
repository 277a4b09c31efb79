package nightshift.local;

import static nightshift.local.LocalFixture.AUTOMATIONS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.testing.Together;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.scheduler.model.ScheduleState;

import java.nio.file.Path;
import java.time.Duration;

/// Tests firings end to end, from the creation over HTTP to the run and the recorded occurrence.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class FiringEndToEndTest {
    private static final String MORNING = "2099-01-05T08:00:30Z";
    private @TempDir static Path state;
    private LocalFixture world;

    @BeforeAll
    void open() {
        world = new LocalFixture(state, MORNING);
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void fires_every_minute_exactly_once_until_it_is_paused() {
        world.clock.moveTo("2099-01-05T09:00:30Z");
        var id = world.automation("* * * * *", "Europe/London");
        var schedule = world.schedule("task-automation-" + id);
        assertThat(schedule.scheduleExpression()).isEqualTo("cron(* * * * ? *)");
        assertThat(schedule.scheduleExpressionTimezone()).isEqualTo("Europe/London");
        assertThat(schedule.target().arn()).endsWith("FireTaskAutomation:live");
        assertThat(schedule.target().deadLetterConfig().arn()).contains("DeadLetterQueue");
        assertThat(schedule.target().retryPolicy().maximumEventAgeInSeconds()).isEqualTo(900);

        world.moveTo("2099-01-05T09:01:02Z");
        world.awaitLedger(id, "2099-01-05T09:01:00Z started 1");
        var automation = world.get(AUTOMATIONS + id + "/");
        assertThat(automation.text("last_run_status")).isEqualTo("running");
        assertThat(automation.text("last_task_run_id"))
                .isEqualTo(world.occurrences(id).get(0).path("task_run_id").asText());
        world.moveTo("2099-01-05T09:01:40Z");
        world.moveTo("2099-01-05T09:03:00Z");
        world.awaitLedger(
                id,
                "2099-01-05T09:01:00Z started 1",
                "2099-01-05T09:02:00Z started 1",
                "2099-01-05T09:03:00Z started 1");
        assertThat(world.runs(id)).isEqualTo(3);

        assertThat(world.patch(AUTOMATIONS + id + "/", "{\"enabled\": false}").status())
                .isEqualTo(200);
        world.awaitAgreement();
        assertThat(world.schedule("task-automation-" + id).state())
                .isEqualTo(ScheduleState.DISABLED);
        world.moveTo("2099-01-05T09:10:00Z");
        assertThat(world.ledger(id)).hasSize(3);
        assertThat(world.runs(id)).isEqualTo(3);
    }

    @Test
    void a_deletion_takes_the_schedule_and_leaves_task_and_runs() {
        world.clock.moveTo("2099-01-05T10:00:30Z");
        var id = world.automation("1 10 * * *", "UTC");
        world.moveTo("2099-01-05T10:01:00Z");
        world.awaitLedger(id, "2099-01-05T10:01:00Z started 1");
        var task = world.taskOf(id);
        var run = world.occurrences(id).get(0).path("task_run_id").asText();

        assertThat(world.delete(AUTOMATIONS + id + "/").status()).isEqualTo(204);
        world.awaitAgreement();

        assertThatThrownBy(() -> world.schedule("task-automation-" + id))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThat(world.get("/api/projects/1/tasks/" + task + "/").status()).isEqualTo(200);
        assertThat(world.get("/api/projects/1/tasks/" + task + "/runs/" + run + "/").status())
                .isEqualTo(200);
    }

    @Test
    void both_day_fields_are_two_schedules_and_one_run_on_a_friday_the_13th() {
        world.clock.moveTo("2099-02-12T12:00:00Z");
        var id = world.automation("0 9 13 * 5", "UTC");
        assertThat(world.schedule("task-automation-" + id).scheduleExpression())
                .isEqualTo("cron(0 9 13 * ? *)");
        assertThat(world.schedule("task-automation-" + id + "-or").scheduleExpression())
                .isEqualTo("cron(0 9 ? * FRI *)");

        world.moveTo("2099-02-13T09:00:01Z"); // both schedules fire
        world.awaitLedger(id, "2099-02-13T09:00:00Z started 2");
        assertThat(world.runs(id)).isEqualTo(1);
        world.moveTo("2099-02-20T09:00:01Z"); // a Friday
        world.awaitLedger(id, "2099-02-13T09:00:00Z started 2", "2099-02-20T09:00:00Z started 1");
    }

    @Test
    void a_hundred_deliveries_at_once_are_one_run_and_one_record_that_counts_them()
            throws Exception {
        world.clock.moveTo("2099-01-05T11:00:30Z");
        var id = world.unscheduled("0 0 1 1 *", "UTC");
        world.patch(AUTOMATIONS + id + "/", "{\"cron_expression\": \"0 11 * * *\"}");

        var answers = Together.all(100, _ -> fire(id, "2099-01-05T11:00:00Z"));

        assertThat(answers).containsOnlyOnce("started").containsOnly("started", "repeated");
        assertThat(world.ledger(id)).containsExactly("2099-01-05T11:00:00Z started 100");
        assertThat(world.runs(id)).isEqualTo(1);
        assertThat(world.get(AUTOMATIONS + id + "/").text("last_task_run_id"))
                .isEqualTo(world.occurrences(id).get(0).path("task_run_id").asText());
    }

    @Test
    void what_must_not_run_is_recorded_once_with_its_reason() {
        world.clock.moveTo("2099-01-05T12:30:00Z");
        var paused = world.unscheduled("0 12 * * *", "UTC");
        world.patch(AUTOMATIONS + paused + "/", "{\"enabled\": false}");
        var deleted = world.unscheduled("0 12 * * *", "UTC");
        world.delete(AUTOMATIONS + deleted + "/");
        var stale = world.unscheduled("0 12 * * *", "UTC");
        var superseded = world.unscheduled("0 13 * * *", "UTC");

        for (int delivery = 0; delivery < 2; delivery++) {
            var again = delivery == 0 ? "" : "repeated";
            assertThat(fire(paused, "2099-01-05T12:00:00Z"))
                    .isEqualTo(again.isEmpty() ? "paused" : again);
            assertThat(fire(deleted, "2099-01-05T12:00:00Z"))
                    .isEqualTo(again.isEmpty() ? "deleted" : again);
            assertThat(fire(stale, "2099-01-05T12:00:00Z"))
                    .isEqualTo(again.isEmpty() ? "stale" : again);
            assertThat(fire(superseded, "2099-01-05T12:00:00Z"))
                    .isEqualTo(again.isEmpty() ? "superseded" : again);
        }

        assertThat(world.ledger(paused)).containsExactly("2099-01-05T12:00:00Z paused 2");
        assertThat(world.ledger(stale)).containsExactly("2099-01-05T12:00:00Z stale 2");
        assertThat(world.ledger(superseded)).containsExactly("2099-01-05T12:00:00Z superseded 2");
        assertThat(world.occurrences(stale).get(0).path("late_seconds").asInt()).isEqualTo(1_800);
        assertThat(world.runs(paused) + world.runs(stale) + world.runs(superseded)).isZero();
    }

    @Test
    void a_local_time_that_is_skipped_or_repeated_is_said_before_and_written_down_after() {
        world.clock.moveTo("2099-03-20T12:00:00Z");
        var preview =
                world.post(
                        AUTOMATIONS + "preview/",
                        "{\"cron_expression\": \"30 2 * * *\", \"timezone\": \"Europe/Berlin\"}");
        assertThat(preview.body().path("warnings").findValuesAsText("code"))
                .containsExactly("skipped_dst", "repeated_dst");
        assertThat(preview.body().path("warnings").findValuesAsText("local"))
                .containsExactly("2099-03-29T02:30", "2099-10-25T02:30");

        world.clock.moveTo("2099-03-28T12:00:00Z");
        var id = world.automation("30 2 * * *", "Europe/Berlin");
        world.moveTo("2099-03-29T00:00:30Z"); // no firing at 01:30 UTC, which is 03:30 local time
        for (int minute = 0; minute < 240; minute += 10) world.forward(Duration.ofMinutes(10));
        assertThat(world.ledger(id)).containsExactly("2099-03-29T01:30:00Z skipped_dst 0");
        assertThat(world.invoke("Reconcile", "{}").status()).isEqualTo(200);
        assertThat(world.ledger(id)).containsExactly("2099-03-29T01:30:00Z skipped_dst 0");
        world.moveTo("2099-03-30T00:30:01Z");
        world.awaitLedger(
                id, "2099-03-29T01:30:00Z skipped_dst 0", "2099-03-30T00:30:00Z started 1");

        var fired =
                new String[] {
                    // March's records have expired, and nothing fired while the clock jumped
                    "2099-10-24T00:30:00Z missed 0", "2099-10-25T00:30:00Z started 1"
                };
        world.moveTo("2099-10-25T00:00:00Z");
        world.moveTo("2099-10-25T00:30:01Z");
        world.awaitLedger(id, fired); // before the clock moves, else the firing is stale
        for (int minute = 0; minute < 180; minute += 10) world.forward(Duration.ofMinutes(10));
        assertThat(world.ledger(id)).containsExactly(fired);
    }

    @Test
    void a_run_whose_worker_died_is_reported_and_the_next_occurrence_runs() {
        world.clock.moveTo("2099-01-05T13:59:30Z");
        var id = world.automation("0 14 * * *", "UTC");
        world.moveTo("2099-01-05T14:00:01Z");
        world.awaitLedger(id, "2099-01-05T14:00:00Z started 1");
        var run =
                "/api/projects/1/tasks/%s/runs/%s/"
                        .formatted(
                                world.taskOf(id),
                                world.get(AUTOMATIONS + id + "/").text("last_task_run_id"));
        world.clock.moveTo("2099-01-05T14:05:00Z"); // the last heartbeat
        assertThat(world.patch(run, "{\"status\": \"in_progress\"}").status()).isEqualTo(200);

        world.clock.moveTo("2099-01-05T16:05:00Z");
        assertThat(world.invoke("ReapTaskRuns", "{}").status()).isEqualTo(200);
        assertThat(world.get(run).text("status")).isEqualTo("in_progress");
        world.clock.moveTo("2099-01-05T16:05:01Z");
        assertThat(world.invoke("ReapTaskRuns", "{}").status()).isEqualTo(200);

        var reason = "No sign of life for 120 minutes: the worker is taken for dead.";
        assertThat(world.get(run).text("status")).isEqualTo("failed");
        assertThat(world.get(run).text("error_message")).isEqualTo(reason);
        assertThat(world.get(run).text("completed_at")).isEqualTo("2099-01-05T16:05:01Z");
        var automation = world.get(AUTOMATIONS + id + "/");
        assertThat(automation.text("last_run_status")).isEqualTo("failed");
        assertThat(automation.text("last_error")).isEqualTo(reason);

        world.moveTo("2099-01-06T14:00:01Z");
        world.awaitLedger(id, "2099-01-05T14:00:00Z started 1", "2099-01-06T14:00:00Z started 1");
        assertThat(world.get(AUTOMATIONS + id + "/").text("last_run_status")).isEqualTo("running");
        assertThat(world.get(AUTOMATIONS + id + "/").body().path("last_error").isNull()).isTrue();
    }

    /// Simulates different time zone data of AWS and the JDK.
    @Test
    void a_minute_at_another_offset_starts_a_run_while_the_schedule_is_made_from_the_row() {
        world.clock.moveTo("2099-01-05T17:30:00Z");
        var id = world.automation("0 9 * * *", "America/Vancouver"); // 17:00 UTC to the JDK
        assertThat(world.schedule("task-automation-" + id).target().input())
                .isEqualTo(
                        """
                        {"project_id":1,"automation_id":"%s",\
                        "scheduled_time":"<aws.scheduler.scheduled-time>",\
                        "cron_expression":"0 9 * * *","timezone":"America/Vancouver"}\
                        """
                                .formatted(id));

        world.clock.moveTo("2099-01-06T16:00:10Z");
        var madeFrom = ", \"cron_expression\": \"0 9 * * *\", \"timezone\": \"%s\"";
        assertThat(fire(id, "2099-01-06T16:00:00Z", madeFrom.formatted("America/Vancouver")))
                .isEqualTo("started");
        assertThat(fire(id, "2099-01-06T16:00:00Z", madeFrom.formatted("America/Vancouver")))
                .isEqualTo("repeated");
        world.clock.moveTo("2099-01-06T17:00:10Z");
        assertThat(fire(id, "2099-01-06T17:00:00Z", madeFrom.formatted("America/Regina")))
                .as("another zone, and the row has the minute")
                .isEqualTo("started");
        world.clock.moveTo("2099-01-06T18:00:10Z");
        assertThat(fire(id, "2099-01-06T18:00:00Z", madeFrom.formatted("America/Regina")))
                .as("another zone, and the row has not the minute")
                .isEqualTo("superseded");
        assertThat(fire(id, "2099-01-06T17:55:00Z", ""))
                .as("an older schedule, which does not say what it was made from")
                .isEqualTo("superseded");
        assertThat(world.runs(id)).isEqualTo(2);
    }

    @Test
    void a_schedule_that_does_not_say_what_it_was_made_from_does_after_reconcile() {
        world.clock.moveTo("2099-01-05T19:00:30Z");
        var id = world.automation("0  9 * * *", "Europe/London");
        var schedule = world.schedule("task-automation-" + id);
        var old =
                "{\"project_id\":1,\"automation_id\":\"%s\",\"scheduled_time\":\"%s\"}"
                        .formatted(id, "<aws.scheduler.scheduled-time>");
        world.scheduler.updateSchedule(update ->
                update.name(schedule.name())
                        .groupName(schedule.groupName())
                        .scheduleExpression(schedule.scheduleExpression())
                        .scheduleExpressionTimezone(schedule.scheduleExpressionTimezone())
                        .flexibleTimeWindow(schedule.flexibleTimeWindow())
                        .target(schedule.target().toBuilder().input(old).build()));

        assertThat(world.invoke("Reconcile", "{}").status()).isEqualTo(200);

        assertThat(world.schedule(schedule.name()).target().input())
                .isEqualTo(schedule.target().input())
                .contains("\"cron_expression\":\"0  9 * * *\",\"timezone\":\"Europe/London\"");
    }

    private String fire(String automation, String scheduledAt) {
        return fire(automation, scheduledAt, "");
    }

    private String fire(String automation, String scheduledAt, String madeFrom) {
        var answer =
                world.invoke(
                        "FireTaskAutomation",
                        """
                        {"project_id": 1, "automation_id": "%s", "scheduled_time": "%s"%s}
                        """
                                .formatted(automation, scheduledAt, madeFrom));
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        return answer.text("outcome");
    }
}
