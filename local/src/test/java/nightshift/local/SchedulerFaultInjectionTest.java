package nightshift.local;

import static nightshift.local.SchedulerFixture.everyMinute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.local.FaultInjection.Fault;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.InternalServerException;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.scheduler.model.ThrottlingException;

import java.io.IOException;
import java.nio.file.Path;

class SchedulerFaultInjectionTest {
    @TempDir private Path folder;
    private SchedulerFixture world;
    private SchedulerClient scheduler;

    @BeforeEach
    void open() throws IOException {
        world = new SchedulerFixture(folder);
        scheduler = world.client();
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void the_next_calls_fail_as_asked_and_change_nothing() {
        world.faults.failNext(1, Fault.THROTTLED);
        world.faults.failNext(1, Fault.INTERNAL_ERROR);
        world.faults.failNext(1, Fault.CONFLICT);

        assertThatThrownBy(() -> scheduler.createSchedule(everyMinute("x").build()))
                .isInstanceOfSatisfying(
                        ThrottlingException.class,
                        throttled -> assertThat(throttled.statusCode()).isEqualTo(429));
        assertThatThrownBy(() -> scheduler.createSchedule(everyMinute("x").build()))
                .isInstanceOfSatisfying(
                        InternalServerException.class,
                        broken -> assertThat(broken.statusCode()).isEqualTo(500));
        assertThatThrownBy(() -> scheduler.createSchedule(everyMinute("x").build()))
                .isInstanceOf(ConflictException.class);
        assertThat(world.faults.planned()).isZero();
        assertThat(scheduler.listSchedules(all -> {}).schedules()).isEmpty();
    }

    @Test
    void a_fault_can_wait_for_one_operation() {
        world.faults.failNext(1, "DeleteSchedule", Fault.CONFLICT);
        scheduler.createSchedule(everyMinute("x").build());

        assertThatThrownBy(() -> scheduler.deleteSchedule(delete -> delete.name("x")))
                .isInstanceOf(ConflictException.class);
        scheduler.deleteSchedule(delete -> delete.name("x"));
    }

    @Test
    void a_lost_answer_has_acted_and_a_lost_request_has_not() {
        world.faults.failNext(1, "CreateSchedule", Fault.LOST_ANSWER);
        assertThatThrownBy(() -> scheduler.createSchedule(everyMinute("made").build()))
                .isInstanceOf(SdkClientException.class);
        world.faults.failNext(2, "CreateSchedule", Fault.LOST_REQUEST);
        assertThatThrownBy(() -> scheduler.createSchedule(everyMinute("lost").build()))
                .isInstanceOf(SdkClientException.class);
        world.faults.clear();

        assertThat(scheduler.listSchedules(all -> {}).schedules())
                .extracting("name")
                .containsExactly("made");
    }

    @Test
    void a_group_can_be_lost_with_its_schedules() {
        scheduler.createScheduleGroup(group -> group.name("nights"));
        scheduler.createSchedule(everyMinute("x").groupName("nights").build());
        world.scheduler().loseGroup("nights");

        assertThatThrownBy(() -> scheduler.getSchedule(get -> get.name("x").groupName("nights")))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> scheduler.getScheduleGroup(get -> get.name("nights")))
                .isInstanceOf(ResourceNotFoundException.class);
    }
}
