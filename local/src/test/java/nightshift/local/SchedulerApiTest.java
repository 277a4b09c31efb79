package nightshift.local;

import static nightshift.local.SchedulerFixture.FUNCTION;
import static nightshift.local.SchedulerFixture.everyMinute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindow;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.scheduler.model.ScheduleState;
import software.amazon.awssdk.services.scheduler.model.ScheduleSummary;
import software.amazon.awssdk.services.scheduler.model.SchedulerException;
import software.amazon.awssdk.services.scheduler.model.Target;
import software.amazon.awssdk.services.scheduler.model.ValidationException;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

class SchedulerApiTest {
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
    void answers_a_schedule_as_it_was_created() {
        scheduler.createScheduleGroup(group -> group.name("nights"));
        var created =
                scheduler.createSchedule(
                        everyMinute("first")
                                .groupName("nights")
                                .state(ScheduleState.DISABLED)
                                .scheduleExpressionTimezone("Europe/Berlin")
                                .description("a description")
                                .build());
        var schedule = scheduler.getSchedule(get -> get.name("first").groupName("nights"));

        assertThat(created.scheduleArn())
                .isEqualTo("arn:aws:scheduler:us-east-1:000000000000:schedule/nights/first");
        assertThat(schedule.arn()).isEqualTo(created.scheduleArn());
        assertThat(schedule.name()).isEqualTo("first");
        assertThat(schedule.groupName()).isEqualTo("nights");
        assertThat(schedule.state()).isEqualTo(ScheduleState.DISABLED);
        assertThat(schedule.scheduleExpression()).isEqualTo("cron(* * * * ? *)");
        assertThat(schedule.scheduleExpressionTimezone()).isEqualTo("Europe/Berlin");
        assertThat(schedule.description()).isEqualTo("a description");
        assertThat(schedule.flexibleTimeWindow().mode()).isEqualTo(FlexibleTimeWindowMode.OFF);
        assertThat(schedule.target().arn()).isEqualTo(FUNCTION);
        assertThat(schedule.target().retryPolicy().maximumEventAgeInSeconds()).isEqualTo(900);
        assertThat(schedule.target().deadLetterConfig().arn()).isEqualTo(SchedulerFixture.QUEUE);
        assertThat(schedule.creationDate()).isEqualTo(world.clock.instant());
    }

    @Test
    void fills_in_what_a_create_omits() {
        scheduler.createSchedule(everyMinute("plain").build());
        var schedule = scheduler.getSchedule(get -> get.name("plain"));

        assertThat(schedule.groupName()).isEqualTo("default");
        assertThat(schedule.state()).isEqualTo(ScheduleState.ENABLED);
        assertThat(schedule.scheduleExpressionTimezone()).isEqualTo("UTC");
    }

    @Test
    void resets_what_an_update_omits() {
        scheduler.createSchedule(
                everyMinute("whole")
                        .state(ScheduleState.DISABLED)
                        .scheduleExpressionTimezone("Asia/Tokyo")
                        .description("gone after the update")
                        .build());
        world.clock.moveTo("2026-01-01T09:30:00Z");
        scheduler.updateSchedule(update ->
                update.name("whole")
                        .scheduleExpression("cron(0 9 * * ? *)")
                        .flexibleTimeWindow(w -> w.mode(FlexibleTimeWindowMode.OFF))
                        .target(target ->
                                target.arn(FUNCTION).roleArn("arn:aws:iam::000000000000:role/x")));
        var schedule = scheduler.getSchedule(get -> get.name("whole"));

        assertThat(schedule.state()).isEqualTo(ScheduleState.ENABLED);
        assertThat(schedule.scheduleExpressionTimezone()).isEqualTo("UTC");
        assertThat(schedule.description()).isNull();
        assertThat(schedule.target().input()).isNull();
        assertThat(schedule.target().retryPolicy().maximumEventAgeInSeconds()).isEqualTo(86_400);
        assertThat(schedule.target().retryPolicy().maximumRetryAttempts()).isEqualTo(185);
        assertThat(schedule.creationDate()).isEqualTo(Instant.parse("2026-01-01T08:59:30Z"));
        assertThat(schedule.lastModificationDate())
                .isEqualTo(Instant.parse("2026-01-01T09:30:00Z"));
    }

    @Test
    void an_update_without_its_group_does_not_find_the_schedule_of_another_group() {
        scheduler.createScheduleGroup(group -> group.name("nights"));
        scheduler.createSchedule(everyMinute("here").groupName("nights").build());
        var elsewhere = everyMinute("here").build();

        assertThatThrownBy(() ->
                        scheduler.updateSchedule(update ->
                                update.name("here")
                                        .scheduleExpression("rate(1 hour)")
                                        .flexibleTimeWindow(elsewhere.flexibleTimeWindow())
                                        .target(elsewhere.target())))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void a_second_create_is_a_conflict_unless_it_is_the_same_call_again() {
        var token = UUID.randomUUID().toString();
        var call = everyMinute("once").clientToken(token).build();
        var first = scheduler.createSchedule(call);

        assertThat(scheduler.createSchedule(call).scheduleArn()).isEqualTo(first.scheduleArn());
        assertThatThrownBy(() -> scheduler.createSchedule(everyMinute("once").build()))
                .isInstanceOfSatisfying(
                        ConflictException.class,
                        conflict -> assertThat(conflict.statusCode()).isEqualTo(409))
                .hasMessageContaining("Schedule once already exists.");
        assertThatThrownBy(() ->
                        scheduler.createSchedule(
                                call.toBuilder().scheduleExpression("rate(1 hour)").build()))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void a_deleted_schedule_is_gone() {
        scheduler.createSchedule(everyMinute("short").build());
        scheduler.deleteSchedule(delete -> delete.name("short"));

        assertThatThrownBy(() -> scheduler.getSchedule(get -> get.name("short")))
                .isInstanceOfSatisfying(
                        ResourceNotFoundException.class,
                        missing -> assertThat(missing.statusCode()).isEqualTo(404));
        assertThatThrownBy(() -> scheduler.deleteSchedule(delete -> delete.name("short")))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void nothing_is_created_in_a_group_that_does_not_exist() {
        assertThatThrownBy(() ->
                        scheduler.createSchedule(everyMinute("lost").groupName("nowhere").build()))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("Schedule group nowhere does not exist.");
        assertThatThrownBy(() -> scheduler.listSchedules(list -> list.groupName("nowhere")))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void lists_by_group_prefix_and_state_page_by_page() {
        scheduler.createScheduleGroup(group -> group.name("nights"));
        for (int i = 0; i < 5; i++) {
            scheduler.createSchedule(everyMinute("task-" + i).groupName("nights").build());
        }
        scheduler.createSchedule(
                everyMinute("task-off").groupName("nights").state(ScheduleState.DISABLED).build());
        scheduler.createSchedule(everyMinute("other").groupName("nights").build());
        scheduler.createSchedule(everyMinute("task-elsewhere").build());

        var paged =
                scheduler.listSchedulesPaginator(
                        list -> list.groupName("nights").namePrefix("task-").maxResults(2));
        assertThat(paged.stream().count()).isEqualTo(3);
        assertThat(paged.schedules().stream().map(ScheduleSummary::name))
                .containsExactly("task-0", "task-1", "task-2", "task-3", "task-4", "task-off");
        assertThat(scheduler.listSchedules(list -> list.state(ScheduleState.DISABLED)).schedules())
                .singleElement()
                .satisfies(summary -> {
                    assertThat(summary.name()).isEqualTo("task-off");
                    assertThat(summary.target().arn()).isEqualTo(FUNCTION);
                    assertThat(summary.stateAsString()).isEqualTo("DISABLED");
                });
        assertThat(scheduler.listSchedules(all -> {}).schedules()).hasSize(8);
    }

    @Test
    void refuses_bad_pages() {
        assertThatThrownBy(() -> scheduler.listSchedules(list -> list.maxResults(101)))
                .isInstanceOf(ValidationException.class);
        assertThatThrownBy(() -> scheduler.listSchedules(list -> list.nextToken("!")))
                .isInstanceOf(ValidationException.class);
    }

    @Test
    void groups_are_made_listed_and_deleted_with_their_schedules() {
        var arn = scheduler.createScheduleGroup(group -> group.name("nights")).scheduleGroupArn();
        scheduler.createSchedule(everyMinute("inside").groupName("nights").build());

        assertThat(scheduler.getScheduleGroup(get -> get.name("nights")).arn()).isEqualTo(arn);
        assertThat(scheduler.listScheduleGroups(all -> {}).scheduleGroups())
                .extracting("name")
                .containsExactly("default", "nights");
        assertThatThrownBy(() -> scheduler.createScheduleGroup(group -> group.name("nights")))
                .isInstanceOf(ConflictException.class);

        scheduler.deleteScheduleGroup(delete -> delete.name("nights"));
        assertThatThrownBy(() -> scheduler.getScheduleGroup(get -> get.name("nights")))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThat(scheduler.listSchedules(all -> {}).schedules()).isEmpty();
        assertThatThrownBy(() -> scheduler.deleteScheduleGroup(delete -> delete.name("default")))
                .isInstanceOf(ValidationException.class);
    }

    @Test
    void everything_is_found_after_a_restart() throws IOException {
        scheduler.createScheduleGroup(group -> group.name("nights"));
        scheduler.createSchedule(everyMinute("kept").groupName("nights").build());
        var before = scheduler.getSchedule(get -> get.name("kept").groupName("nights"));
        world.restart();

        var after = world.client().getSchedule(get -> get.name("kept").groupName("nights"));
        // Not equals: that compares the answers' headers too, and Date tells them apart.
        assertThat(after.equalsBySdkFields(before)).as("%s", after).isTrue();
    }

    private static List<Consumer<CreateScheduleRequest.Builder>> invalid() {
        return List.of(
                create -> create.name("not a name"),
                create -> create.name("n".repeat(65)),
                create -> create.groupName("not/a/group"),
                create -> create.scheduleExpression(null),
                create -> create.scheduleExpression("cron(0 9 * * * *)"),
                create -> create.scheduleExpression("every day"),
                create -> create.scheduleExpression("cron(" + "0,".repeat(130) + "0 9 * * ? *)"),
                create -> create.scheduleExpressionTimezone("UTC+99"),
                create -> create.state("SLEEPING"),
                create -> create.flexibleTimeWindow(window -> {}),
                create -> create.flexibleTimeWindow((FlexibleTimeWindow) null),
                create -> create.target((Target) null),
                create -> create.flexibleTimeWindow(w -> w.mode(FlexibleTimeWindowMode.FLEXIBLE)),
                create -> create.description("d".repeat(513)),
                create -> create.clientToken("not a token"),
                create -> create.target(target -> target.arn(FUNCTION)),
                create ->
                        create.target(target -> target.roleArn("arn:aws:iam::000000000000:role/x")),
                create ->
                        create.target(SchedulerFixture.target("x").toBuilder().arn("Fire").build()),
                create -> create.target(retries(59, 10)),
                create -> create.target(retries(86_401, 10)),
                create -> create.target(retries(60, 186)),
                create ->
                        create.target(
                                SchedulerFixture.target("x").toBuilder()
                                        .deadLetterConfig(queue -> queue.arn("queue"))
                                        .build()));
    }

    @Test
    void refuses_what_the_service_refuses() {
        var cases = invalid();
        for (int i = 0; i < cases.size(); i++) {
            var create = everyMinute("refused");
            cases.get(i).accept(create);
            assertThatThrownBy(() -> scheduler.createSchedule(create.build()))
                    .as("case %d", i)
                    .isInstanceOfSatisfying(
                            ValidationException.class,
                            refused -> assertThat(refused.statusCode()).isEqualTo(400));
        }
        assertThat(scheduler.listSchedules(all -> {}).schedules()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stranger", "nightshift2"})
    void refuses_another_access_key(String key) {
        try (var stranger = world.client(key, LocalAccount.SECRET_KEY)) {
            assertForbidden(stranger, "UnrecognizedClientException");
        }
    }

    @Test
    void refuses_a_wrong_signature() {
        try (var forger = world.client(LocalAccount.ACCESS_KEY, "guessed")) {
            assertForbidden(forger, "InvalidSignatureException");
        }
    }

    @Test
    void refuses_an_unsigned_request() throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            var uri = URI.create("http://localhost:" + world.scheduler().port() + "/schedules");
            var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.headers().firstValue("x-amzn-ErrorType"))
                    .hasValue("MissingAuthenticationTokenException");
            assertThat(answer.body()).contains("\"Message\":\"Missing Authentication Token\"");
        }
    }

    private static void assertForbidden(SchedulerClient client, String code) {
        assertThatThrownBy(() -> client.listSchedules(all -> {}))
                .isInstanceOfSatisfying(
                        SchedulerException.class,
                        refused -> {
                            assertThat(refused.statusCode()).isEqualTo(403);
                            assertThat(refused.awsErrorDetails().errorCode()).isEqualTo(code);
                        });
    }

    private static Target retries(int age, int attempts) {
        return SchedulerFixture.target("x").toBuilder()
                .retryPolicy(policy ->
                        policy.maximumEventAgeInSeconds(age).maximumRetryAttempts(attempts))
                .build();
    }
}
