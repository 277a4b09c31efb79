package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.automation.AutomationSpec;
import nightshift.automation.CronExpression;
import nightshift.automation.IanaZone;
import nightshift.automation.Policy;
import nightshift.automation.ScheduleRefusedException;
import nightshift.automation.TaskAutomation;
import nightshift.local.FaultInjection.Fault;
import nightshift.scheduler.AwsCron;
import nightshift.scheduler.EventBridgeSchedules;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import software.amazon.awssdk.core.exception.SdkException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Tests the synchronization of schedules with a Scheduler that fails in each possible way.
class EventBridgeSchedulesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T09:00:00Z");
    private static final String GROUP = "nightshift";
    private static final UUID ID = UUID.fromString("0198c5f0-0000-7000-8000-00000000000a");

    private static final TaskAutomation ONE = automation("0 9 * * 5", "Asia/Kathmandu", true);
    private static final TaskAutomation TWO = automation("0 9 13 * 5", "Europe/Berlin", true);
    private static final TaskAutomation PAUSED = automation("0 9 13 * 5", "Europe/Berlin", false);

    /// A change of the wanted schedules; null removes them.
    private record Step(@Nullable TaskAutomation from, @Nullable TaskAutomation to) {}

    private static final List<Step> STEPS =
            List.of(
                    new Step(null, TWO),
                    new Step(TWO, ONE),
                    new Step(ONE, PAUSED),
                    new Step(PAUSED, TWO),
                    new Step(TWO, null));

    @TempDir private Path folder;
    private SchedulerFixture world;
    private EventBridgeSchedules schedules;

    @BeforeEach
    void open() throws IOException {
        world = new SchedulerFixture(folder);
        world.client().createScheduleGroup(group -> group.name(GROUP));
        schedules =
                new EventBridgeSchedules(
                        world.client(),
                        new EventBridgeSchedules.Delivery(
                                GROUP,
                                "arn:aws:iam::000000000000:role/scheduler",
                                SchedulerFixture.QUEUE,
                                Duration.ofMinutes(15)),
                        SchedulerFixture.FUNCTION);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void makes_any_state_of_any_other_and_may_be_repeated() {
        for (var step : STEPS) {
            schedules.sync(ID, step.from());
            schedules.sync(ID, step.to());
            schedules.sync(ID, step.to());
            assertThat(present()).isEqualTo(wanted(step.to()));
        }
    }

    @Test
    void what_is_created_may_be_there_already() {
        for (var step : STEPS) {
            if (step.to() == null) continue;
            schedules.sync(ID, step.from());
            schedules.create(step.to());
            assertThat(present()).isEqualTo(wanted(step.to()));
        }
    }

    @Test
    void what_is_not_there_takes_a_request_for_each_schedule() {
        world.faults.pass(2);
        world.faults.failNext(1, Fault.INTERNAL_ERROR);
        schedules.create(TWO);
        world.faults.clear();
        assertThat(present()).isEqualTo(wanted(TWO));
    }

    /// Fails each call once. The retry must reach the wanted state.
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"THROTTLED", "INTERNAL_ERROR", "CONFLICT", "LOST_REQUEST", "LOST_ANSWER"})
    void a_failure_at_any_call_is_repaired_by_a_retry(Fault fault) {
        for (var step : STEPS) {
            for (int call = 0; call < 4; call++) {
                madeGood(step, () -> schedules.sync(ID, step.to()), fault, call);
                var wanted = step.to();
                if (wanted != null) madeGood(step, () -> schedules.create(wanted), fault, call);
            }
        }
    }

    private void madeGood(Step step, Runnable verb, Fault fault, int call) {
        schedules.sync(ID, step.from());
        world.faults.pass(call);
        world.faults.failNext(1, fault);
        boolean failed = fails(verb);
        world.faults.clear();
        if (failed) verb.run();
        assertThat(present()).as("%s at call %s", fault, call).isEqualTo(wanted(step.to()));
    }

    @Test
    void a_conflict_is_tried_again_at_once() {
        world.faults.failNext(3, Fault.CONFLICT);

        schedules.sync(ID, ONE);

        assertThat(present()).isEqualTo(wanted(ONE));
    }

    @Test
    void a_lost_group_is_made_again() {
        schedules.sync(ID, ONE);
        world.scheduler().loseGroup(GROUP);
        schedules.sync(ID, null);
        schedules.sync(ID, TWO);

        assertThat(present()).isEqualTo(wanted(TWO));
        world.scheduler().loseGroup(GROUP);
        assertThat(schedules.automations()).isEmpty();
    }

    @Test
    void a_permanent_error_is_distinguished_from_a_transient_one() {
        world.faults.failNext(1, Fault.INVALID);
        assertThatThrownBy(() -> schedules.sync(ID, ONE))
                .isInstanceOf(ScheduleRefusedException.class)
                .hasMessageContaining("not acceptable");
        world.faults.failNext(1, Fault.THROTTLED);
        assertThatThrownBy(() -> schedules.sync(ID, ONE)).isInstanceOf(SdkException.class);
    }

    @Test
    void an_automation_with_two_schedules_is_named_once() {
        schedules.sync(ID, TWO);

        assertThat(schedules.automations()).containsExactly(ID);
    }

    private static boolean fails(Runnable verb) {
        try {
            verb.run();
            return false;
        } catch (SdkException expected) {
            return true;
        }
    }

    private List<String> present() {
        return world.client().listSchedules(all -> {}).schedules().stream()
                .map(summary ->
                        world.client()
                                .getSchedule(get -> get.name(summary.name()).groupName(GROUP)))
                .map(schedule ->
                        "%s %s %s %s %s"
                                .formatted(
                                        schedule.name(),
                                        schedule.scheduleExpression(),
                                        schedule.scheduleExpressionTimezone(),
                                        schedule.stateAsString(),
                                        schedule.target().input()))
                .sorted()
                .toList();
    }

    private static List<String> wanted(@Nullable TaskAutomation automation) {
        if (automation == null) return List.of();
        var wanted = new ArrayList<String>();
        var spec = automation.spec();
        for (var expression : AwsCron.translate(spec.cron())) {
            wanted.add(
                    "task-automation-%s%s %s %s %s %s"
                            .formatted(
                                    ID,
                                    wanted.isEmpty() ? "" : "-or",
                                    expression,
                                    spec.timezone().name(),
                                    spec.enabled() ? "ENABLED" : "DISABLED",
                                    "{\"project_id\":1,\"automation_id\":\""
                                            + ID
                                            + "\",\"scheduled_time\":\"<aws.scheduler.scheduled-time>\""
                                            + ",\"cron_expression\":\""
                                            + spec.cron().text()
                                            + "\",\"timezone\":\""
                                            + spec.timezone().name()
                                            + "\"}"));
        }
        return wanted;
    }

    private static TaskAutomation automation(String cron, String zone, boolean enabled) {
        var spec =
                new AutomationSpec(
                        "nightly",
                        "check",
                        "acme/api",
                        null,
                        CronExpression.parse(cron),
                        IanaZone.find(zone).orElseThrow(),
                        null,
                        enabled);
        return TaskAutomation.create(ID, 1, ID, spec, Policy.DEFAULT, NOW);
    }
}
