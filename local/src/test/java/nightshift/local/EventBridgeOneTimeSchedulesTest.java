package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.local.FaultInjection.Fault;
import nightshift.scheduler.EventBridgeOneTimeSchedules;
import nightshift.scheduler.EventBridgeSchedules;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.GetScheduleResponse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/// Tests the one-time schedules against the local Scheduler.
class EventBridgeOneTimeSchedulesTest {
    private static final String GROUP = "group";
    private static final String NAME = "task-automation-x-retry";
    private static final Instant TEN = Instant.parse("2026-01-01T10:00:00Z");

    @TempDir private Path folder;
    private SchedulerFixture world;
    private EventBridgeOneTimeSchedules schedules;

    @BeforeEach
    void open() throws IOException {
        world = new SchedulerFixture(folder);
        world.client().createScheduleGroup(group -> group.name(GROUP));
        schedules = schedules();
    }

    private EventBridgeOneTimeSchedules schedules() {
        return new EventBridgeOneTimeSchedules(
                world.client(),
                new EventBridgeSchedules.Delivery(
                        GROUP,
                        "arn:aws:iam::000000000000:role/scheduler",
                        SchedulerFixture.QUEUE,
                        Duration.ofMinutes(15)),
                world.clock);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void fires_once_with_its_input_and_is_gone_then() {
        schedules.put(NAME, TEN, SchedulerFixture.FUNCTION, "{\"n\":1}");
        assertThat(schedule().scheduleExpression()).isEqualTo("at(2026-01-01T10:00:00)");
        assertThat(schedule().scheduleExpressionTimezone()).isEqualTo("UTC");
        assertThat(schedule().actionAfterCompletion()).isEqualTo(ActionAfterCompletion.DELETE);
        assertThat(schedule().target().deadLetterConfig().arn()).isEqualTo(SchedulerFixture.QUEUE);

        world.tickAt("2026-01-01T09:59:59Z");
        assertThat(world.invocations).isEmpty();
        world.tickAt("2026-01-01T10:00:00Z");
        world.tickAt("2026-01-01T10:05:00Z");

        assertThat(world.invocations).containsExactly("{\"n\":1}");
        assertThat(names()).isZero();
    }

    @Test
    void the_last_call_for_a_name_decides() {
        schedules.put(NAME, TEN, SchedulerFixture.FUNCTION, "{\"n\":1}");
        schedules.put(NAME, TEN, SchedulerFixture.FUNCTION, "{\"n\":1}");
        schedules.put(NAME, TEN.plusSeconds(60), SchedulerFixture.FUNCTION, "{\"n\":2}");

        world.tickAt("2026-01-01T10:00:30Z");
        assertThat(world.invocations).isEmpty();
        world.tickAt("2026-01-01T10:01:00Z");
        assertThat(world.invocations).containsExactly("{\"n\":2}");
    }

    @Test
    void a_removed_one_does_not_fire_and_may_be_removed_again() {
        schedules.put(NAME, TEN, SchedulerFixture.FUNCTION, "{\"n\":1}");
        schedules.remove(NAME);
        schedules.remove(NAME);
        world.tickAt("2026-01-01T10:00:30Z");
        assertThat(world.invocations).isEmpty();
    }

    @Test
    void a_time_that_has_passed_is_the_next_moment() {
        world.clock.moveTo("2026-01-01T11:00:00.5Z");
        schedules.put(NAME, TEN, SchedulerFixture.FUNCTION, "{\"n\":1}");
        world.tickAt("2026-01-01T11:00:10Z");
        assertThat(world.invocations).containsExactly("{\"n\":1}");
    }

    @Test
    void one_that_was_due_while_the_stand_in_was_stopped_fires_when_it_starts() throws IOException {
        schedules.put(NAME, TEN, SchedulerFixture.FUNCTION, "{\"n\":1}");
        world.clock.moveTo("2026-01-01T12:00:00Z");
        world.restart();
        world.scheduler().tick();
        world.scheduler().tick();
        assertThat(world.invocations).containsExactly("{\"n\":1}");
        assertThat(names()).isZero();
    }

    @Test
    void makes_a_lost_group_anew() {
        world.scheduler().loseGroup(GROUP);
        schedules.put(NAME, TEN, SchedulerFixture.FUNCTION, "{\"n\":1}");
        assertThat(schedule().scheduleExpression()).isEqualTo("at(2026-01-01T10:00:00)");
    }

    /// Fails each call once. The retry must reach the wanted state.
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"THROTTLED", "INTERNAL_ERROR", "CONFLICT", "LOST_REQUEST", "LOST_ANSWER"})
    void a_failure_at_any_call_is_repaired_by_a_retry(Fault fault) {
        for (int call = 0; call < 3; call++) {
            int number = call;
            repaired(
                    fault,
                    call,
                    () ->
                            schedules.put(
                                    NAME,
                                    TEN.plusSeconds(number),
                                    SchedulerFixture.FUNCTION,
                                    "{\"n\":1}"));
            assertThat(schedule().scheduleExpression())
                    .isEqualTo("at(2026-01-01T10:00:0" + call + ")");
            repaired(fault, call, () -> schedules.remove(NAME));
            assertThat(names()).isZero();
        }
    }

    private void repaired(Fault fault, int call, Runnable verb) {
        world.faults.pass(call);
        world.faults.failNext(1, fault);
        boolean failed = false;
        try {
            verb.run();
        } catch (RuntimeException _) {
            failed = true;
        }
        world.faults.clear();
        if (failed) verb.run();
    }

    private GetScheduleResponse schedule() {
        return world.client().getSchedule(get -> get.name(NAME).groupName(GROUP));
    }

    private int names() {
        return world.client().listSchedules(list -> list.groupName(GROUP)).schedules().size();
    }
}
