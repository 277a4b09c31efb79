package nightshift.local;

import static nightshift.local.SchedulerFixture.everyMinute;
import static nightshift.local.SchedulerFixture.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.scheduler.model.ScheduleState;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

class SchedulerFiringTest {
    @TempDir private Path folder;
    private SchedulerFixture world;
    private SchedulerClient scheduler;

    @BeforeEach
    void open() throws IOException {
        world = new SchedulerFixture(folder); // at 08:59:30
        scheduler = world.client();
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void fires_once_for_each_minute_from_its_creation_on() {
        scheduler.createSchedule(everyMinute("minutely").build());

        world.tickAt("2026-01-01T08:59:59Z");
        assertThat(world.invocations).isEmpty();
        world.tickAt("2026-01-01T09:00:00Z");
        world.tickAt("2026-01-01T09:00:00.900Z");
        world.tickAt("2026-01-01T09:00:59Z");
        assertThat(world.invocations).containsExactly("2026-01-01T09:00:00Z");
        world.tickAt("2026-01-01T09:02:00Z");
        assertThat(world.invocations)
                .containsExactlyInAnyOrder(
                        "2026-01-01T09:00:00Z", "2026-01-01T09:01:00Z", "2026-01-01T09:02:00Z");
    }

    @Test
    void passes_the_firing_to_the_target() {
        scheduler.createSchedule(
                everyMinute("telling")
                        .target(
                                target(
                                        "<aws.scheduler.scheduled-time> <aws.scheduler.schedule-arn>"
                                                + " <aws.scheduler.attempt-number>"
                                                + " <aws.scheduler.execution-id>"))
                        .build());
        world.targetFails = true;
        world.tickAt("2026-01-01T09:00:00Z");
        world.targetFails = false;
        world.tickAt("2026-01-01T09:00:01Z");

        var arn = "arn:aws:scheduler:us-east-1:000000000000:schedule/default/telling";
        assertThat(world.invocations).hasSize(2).doesNotHaveDuplicates();
        assertThat(world.invocations.get(0)).startsWith("2026-01-01T09:00:00Z " + arn + " 1 ");
        assertThat(world.invocations.get(1)).startsWith("2026-01-01T09:00:00Z " + arn + " 2 ");
        assertThat(world.invocations).noneMatch(input -> input.contains("<aws."));
    }

    @Test
    void sends_an_event_if_the_schedule_has_no_input() {
        scheduler.createSchedule(
                everyMinute("silent").target(target("x").toBuilder().input(null).build()).build());
        world.tickAt("2026-01-01T09:00:00Z");

        assertThat(world.invocations)
                .singleElement()
                .asString()
                .contains("\"detail-type\":\"Scheduled Event\"")
                .contains("\"time\":\"2026-01-01T09:00:00Z\"");
    }

    @Test
    void fires_in_the_zone_of_the_schedule() {
        scheduler.createSchedule(
                everyMinute("kathmandu")
                        .scheduleExpression("cron(45 14 * * ? *)")
                        .scheduleExpressionTimezone("Asia/Kathmandu")
                        .build());
        world.tickAt("2026-01-01T09:00:00Z");

        assertThat(world.invocations).containsExactly("2026-01-01T09:00:00Z");
    }

    @Test
    void a_rate_counts_from_the_creation() {
        scheduler.createSchedule(everyMinute("rate").scheduleExpression("rate(5 minutes)").build());
        world.tickAt("2026-01-01T09:04:29Z");
        assertThat(world.invocations).isEmpty();
        world.tickAt("2026-01-01T09:04:31Z");
        world.tickAt("2026-01-01T09:09:31Z");

        assertThat(world.invocations)
                .containsExactly("2026-01-01T09:04:30Z", "2026-01-01T09:09:30Z");
    }

    @Test
    void fires_between_its_start_and_its_end() {
        scheduler.createSchedule(
                everyMinute("bounded")
                        .startDate(Instant.parse("2026-01-01T09:02:00Z"))
                        .endDate(Instant.parse("2026-01-01T09:03:00Z"))
                        .build());
        world.tickAt("2026-01-01T09:10:00Z");

        assertThat(world.invocations)
                .containsExactlyInAnyOrder("2026-01-01T09:02:00Z", "2026-01-01T09:03:00Z");
    }

    @Test
    void a_schedule_that_is_over_is_deleted_if_it_asks_for_it() {
        scheduler.createSchedule(
                everyMinute("single")
                        .scheduleExpression("at(2026-01-01T09:00:00)")
                        .actionAfterCompletion(ActionAfterCompletion.DELETE)
                        .build());
        world.tickAt("2026-01-01T09:00:00Z");

        assertThat(world.invocations).containsExactly("2026-01-01T09:00:00Z");
        assertThatThrownBy(() -> scheduler.getSchedule(get -> get.name("single")))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void a_disabled_schedule_does_not_fire_until_it_is_enabled() {
        scheduler.createSchedule(everyMinute("paused").state(ScheduleState.DISABLED).build());
        world.tickAt("2026-01-01T09:05:00Z");
        update(everyMinute("paused").build());
        world.tickAt("2026-01-01T09:06:00Z");

        assertThat(world.invocations).containsExactly("2026-01-01T09:06:00Z");
    }

    @Test
    void disabling_takes_effect_at_once() {
        scheduler.createSchedule(everyMinute("stopped").build());
        update(everyMinute("stopped").state(ScheduleState.DISABLED).build());
        world.tickAt("2026-01-01T09:05:00Z");

        assertThat(world.invocations).isEmpty();
    }

    @Test
    void an_update_loses_no_occurrence_that_came_before_it() {
        scheduler.createSchedule(everyMinute("busy").build());
        world.clock.moveTo("2026-01-01T09:00:00.300Z");
        update(everyMinute("busy").build());
        world.tickAt("2026-01-01T09:00:00.900Z");

        assertThat(world.invocations).containsExactly("2026-01-01T09:00:00Z");
    }

    @Test
    void a_deleted_schedule_does_not_fire_and_a_new_one_of_its_name_does() {
        scheduler.createSchedule(everyMinute("again").build());
        world.tickAt("2026-01-01T09:00:00Z");
        scheduler.deleteSchedule(delete -> delete.name("again"));
        world.tickAt("2026-01-01T09:01:00Z");
        scheduler.createSchedule(everyMinute("again").build());
        world.tickAt("2026-01-01T09:02:00Z");

        assertThat(world.invocations)
                .containsExactly("2026-01-01T09:00:00Z", "2026-01-01T09:02:00Z");
    }

    @Test
    void occurrences_while_it_was_stopped_are_skipped() throws IOException {
        scheduler.createSchedule(everyMinute("slept").build());
        world.tickAt("2026-01-01T09:00:00Z");
        world.clock.forward(Duration.ofMinutes(10));
        world.restart();
        world.scheduler().tick();
        world.tickAt("2026-01-01T09:11:00Z");

        assertThat(world.invocations)
                .containsExactly("2026-01-01T09:00:00Z", "2026-01-01T09:11:00Z");
    }

    @Test
    void a_restart_within_the_minute_does_not_fire_it_again() throws IOException {
        scheduler.createSchedule(everyMinute("restarted").build());
        world.tickAt("2026-01-01T09:00:00Z");
        world.restart();
        world.tickAt("2026-01-01T09:00:30Z");
        world.clock.moveTo(
                "2026-01-01T08:59:59Z"); // a clock that is set back does not fire again either
        world.restart();
        world.tickAt("2026-01-01T09:00:00Z");

        assertThat(world.invocations).containsExactly("2026-01-01T09:00:00Z");
    }

    @Test
    void a_firing_that_failed_is_tried_again_with_growing_pauses_also_after_a_restart()
            throws IOException {
        scheduler.createSchedule(hourly("flaky"));
        world.targetFails = true;
        world.tickAt("2026-01-01T09:00:00Z"); // next after 1 s
        world.tickAt("2026-01-01T09:00:00.999Z");
        assertThat(world.invocations).hasSize(1);
        world.tickAt("2026-01-01T09:00:01Z"); // next after 2 s
        world.tickAt("2026-01-01T09:00:02Z");
        assertThat(world.invocations).hasSize(2);
        world.restart();
        world.targetFails = false;
        world.tickAt("2026-01-01T09:00:03Z");
        world.tickAt("2026-01-01T09:30:00Z");

        assertThat(world.invocations).hasSize(3).containsOnly("2026-01-01T09:00:00Z");
        assertThat(world.deadLetters).isEmpty();
    }

    @Test
    void a_firing_that_grew_too_old_is_dead_lettered() {
        scheduler.createSchedule(hourly("aging"));
        world.targetFails = true;
        world.tickAt("2026-01-01T09:00:00Z");
        for (int second = 0; second < 1000; second++) {
            world.clock.forward(Duration.ofSeconds(1));
            world.scheduler().tick();
        }

        assertThat(world.invocations.size()).isBetween(8, 15);
        assertThat(world.deadLetters).singleElement().satisfies(this::assertTooOld);
    }

    private void assertTooOld(DeadLetter letter) {
        assertThat(letter.queueArn()).isEqualTo(SchedulerFixture.QUEUE);
        assertThat(letter.body()).isEqualTo("2026-01-01T09:00:00Z");
        assertThat(letter.attributes())
                .contains(
                        entry("EXHAUSTED_RETRY_CONDITION", "MaximumEventAgeInSeconds"),
                        entry("ERROR_CODE", "IOException"),
                        entry("ERROR_MESSAGE", "target is down"),
                        entry("SCHEDULED_TIME", "2026-01-01T09:00:00Z"),
                        entry("TARGET_ARN", SchedulerFixture.FUNCTION),
                        entry("RETRY_ATTEMPTS", "" + (world.invocations.size() - 1)))
                .containsKeys("EXECUTION_ID", "SCHEDULE_ARN", "IS_PAYLOAD_TRUNCATED");
    }

    @Test
    void a_firing_without_retries_left_is_dead_lettered() {
        var impatient =
                target("x").toBuilder()
                        .retryPolicy(policy -> policy.maximumRetryAttempts(0))
                        .build();
        scheduler.createSchedule(hourly("impatient").toBuilder().target(impatient).build());
        world.targetFails = true;
        world.tickAt("2026-01-01T09:00:00Z");

        assertThat(world.deadLetters)
                .singleElement()
                .extracting(DeadLetter::attributes)
                .satisfies(attributes ->
                        assertThat(attributes)
                                .contains(
                                        entry("EXHAUSTED_RETRY_CONDITION", "MaximumRetryAttempts"),
                                        entry("RETRY_ATTEMPTS", "0")));
    }

    @Test
    void after_a_long_sleep_only_what_is_young_enough_fires() {
        scheduler.createSchedule(everyMinute("sleeper").build());
        world.tickAt("2026-01-02T09:00:30Z");

        assertThat(world.invocations).hasSize(15).contains("2026-01-02T08:46:00Z");
    }

    @Test
    void deliveries_can_be_doubled_and_delayed() {
        scheduler.createSchedule(everyMinute("faulty").build());
        world.faults.duplicateNext(1);
        world.tickAt("2026-01-01T09:00:00Z");
        assertThat(world.invocations)
                .containsExactly("2026-01-01T09:00:00Z", "2026-01-01T09:00:00Z");

        world.faults.delayNext(1, Duration.ofMinutes(20));
        world.tickAt("2026-01-01T09:01:00Z");
        update(everyMinute("faulty").state(ScheduleState.DISABLED).build());
        world.tickAt("2026-01-01T09:20:59Z");
        assertThat(world.invocations).hasSize(2);
        world.tickAt("2026-01-01T09:21:00Z");
        assertThat(world.invocations).hasSize(3).last().isEqualTo("2026-01-01T09:01:00Z");
    }

    @Test
    void fires_by_itself_once_started() throws Exception {
        scheduler.createSchedule(everyMinute("real").build());
        world.clock.moveTo("2026-01-01T09:00:00Z");
        world.scheduler().start();

        var deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (world.invocations.isEmpty() && System.nanoTime() < deadline) Thread.onSpinWait();
        assertThat(world.invocations).containsExactly("2026-01-01T09:00:00Z");
    }

    private static CreateScheduleRequest hourly(String name) {
        return everyMinute(name).scheduleExpression("cron(0 * * * ? *)").build();
    }

    private void update(CreateScheduleRequest wanted) {
        scheduler.updateSchedule(update ->
                update.name(wanted.name())
                        .scheduleExpression(wanted.scheduleExpression())
                        .state(wanted.state())
                        .flexibleTimeWindow(wanted.flexibleTimeWindow())
                        .target(wanted.target()));
    }
}
