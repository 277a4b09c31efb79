package nightshift.functions.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.json.Json;
import nightshift.notification.ChannelKind;
import nightshift.notification.ChannelSpec;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationType;
import nightshift.run.Ids;
import nightshift.testing.TestProject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

class NotifyChannelsTest {
    private static final Set<NotificationType> ALL = EnumSet.allOf(NotificationType.class);
    private static final UUID TASK = new UUID(7, 7);
    private static final UUID RUN = new UUID(8, 8);

    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);
    private final TaskAutomation nightly = project.automation("Nightly");

    @Test
    void a_streak_of_failures_is_one_message() {
        channel(ALL, null, 3);
        assertThat(told(run("failed", 0, 1), run("failed", 1, 2))).isEmpty();
        assertThat(told(run("failed", 2, 3))).containsExactly("run_failed");
        assertThat(told(run("failed", 3, 4), run("failed", 4, 5))).isEmpty();
        assertThat(told(run("completed", 5, 0)))
                .containsExactly("run_completed", "automation_recovered");
        assertThat(told(run("completed", 0, 0))).containsExactly("run_completed");
    }

    @Test
    void a_recovery_is_of_failures_that_the_channel_has_heard_of() {
        channel(EnumSet.of(NotificationType.AUTOMATION_RECOVERED), null, 3);
        assertThat(told(run("completed", 2, 0))).isEmpty();
        assertThat(told(run("completed", 3, 0))).containsExactly("automation_recovered");
    }

    @Test
    void enabling_an_automation_again_does_not_end_a_streak() {
        channel(ALL, null, 3);
        assertThat(told(again(2, "failed", 0, 1))).as("the third").containsExactly("run_failed");
        assertThat(told(again(3, "failed", 0, 1), again(3, "failed", 2, 3))).isEmpty();
        assertThat(told(again(3, "completed", 0, 0)))
                .containsExactly("run_completed", "automation_recovered");
        assertThat(last().at("/data/reason").asText())
                .isEqualTo("Completed after 3 failures in a row.");
        assertThat(told(again(2, "completed", 0, 0))).containsExactly("run_completed");
        var byHand = again(3, "completed", 0, 0);
        detail(byHand).putNull("scheduled_at");
        assertThat(told(byHand)).as("by hand").containsExactly("run_completed");
    }

    @Test
    void what_does_not_count_is_no_message() {
        channel(ALL, null, 1);
        assertThat(
                        told(
                                run("failed", 0, 0), // by hand, or a retry follows
                                run("failed", 2, 2),
                                run("cancelled", 0, 0),
                                run("cancelled", 2, 2)))
                .isEmpty();
        var byHand = run("completed", 2, 2);
        detail(byHand).putNull("scheduled_at");
        assertThat(told(byHand)).containsExactly("run_completed");
    }

    @Test
    void every_channel_counts_for_itself() {
        channel(ALL, null, 1);
        channel(ALL, null, 2);
        assertThat(told(run("failed", 0, 1))).containsExactly("run_failed");
        assertThat(told(run("failed", 1, 2))).containsExactly("run_failed");
        assertThat(told(run("completed", 2, 0)))
                .containsExactlyInAnyOrder(
                        "run_completed",
                        "automation_recovered",
                        "run_completed",
                        "automation_recovered");
    }

    @Test
    void a_channel_hears_what_it_has_chosen() {
        channel(EnumSet.of(NotificationType.RUN_COMPLETED), null, 1);
        channel(ALL, List.of(new UUID(1, 1)), 1);
        var off = channel(ALL, null, 1);
        world.channels().update(project.id(), off.id(), this::disabled);

        assertThat(told(run("failed", 0, 1))).isEmpty();
        assertThat(told(run("completed", 1, 0))).containsExactly("run_completed");
        var chosen = channel(ALL, List.of(nightly.id()), 1);
        assertThat(told(run("failed", 0, 1))).containsExactly("run_failed");
        assertThat(last().path("channel_id").asText()).isEqualTo(chosen.id().toString());
    }

    @Test
    void a_message_names_automation_occurrence_run_reason_and_page() {
        channel(EnumSet.of(NotificationType.RUN_FAILED), null, 1);
        assertThat(told(run("failed", 0, 1))).hasSize(1);

        var run = TASK + "/" + RUN;
        assertThat(last().path("timestamp").asText()).isEqualTo("2026-04-02T09:30:00Z");
        assertThat(last().path("data"))
                .isEqualTo(
                        tree(
                                """
                                {"project_id": %d, "automation": {"id": "%s", "name": "Nightly"},
                                 "occurrence": {"scheduled_at": "2026-04-02T09:00:00Z", "attempt": 2},
                                 "run": {"id": "%s", "task": "%s", "status": "failed"},
                                 "failures_in_a_row": 1, "reason": "no space <left>",
                                 "link": "https://nightshift.example/console/#/runs/%s?project=%d"}
                                """
                                        .formatted(
                                                project.id(),
                                                nightly.id(),
                                                RUN,
                                                TASK,
                                                run,
                                                project.id())));
    }

    @Test
    void a_pause_says_after_how_many_failures_and_why() {
        channel(EnumSet.of(NotificationType.AUTOMATION_PAUSED), null, 1);
        var event = run("failed", 4, 5);
        detail(event).put("paused_automation", true);
        assertThat(told(event)).containsExactly("automation_paused");
        assertThat(last().at("/data/reason").asText())
                .isEqualTo("Paused after 5 failures in a row: no space <left>");
    }

    @Test
    void a_run_without_an_automation_is_no_message() {
        channel(ALL, null, 1);
        var event = run("failed", 0, 0);
        detail(event).putNull("automation_id");
        assertThat(told(event)).isEmpty();
        detail(event).remove("automation_id");
        assertThat(told(event)).isEmpty();
    }

    @Test
    void an_automation_that_is_gone_has_no_name() {
        channel(ALL, null, 1);
        world.automations().remove(project.id(), nightly.id());
        assertThat(told(run("failed", 0, 1))).containsExactly("run_failed");
        assertThat(last().at("/data/automation/name").isNull()).isTrue();
    }

    @Test
    void misses_that_are_found_together_are_one_message() {
        channel(ALL, null, 1);
        var other = new UUID(5, 5);
        var event = missed(500, nightly.id(), nightly.id(), other);
        assertThat(told(event)).containsExactly("occurrence_missed");
        assertThat(last().at("/data/count").asInt()).isEqualTo(500);
        assertThat(last().at("/data/missed")).hasSize(3);
        assertThat(last().at("/data/reason").asText())
                .isEqualTo("500 occurrences should have started a run and did not.");
        assertThat(last().at("/data/missed/0"))
                .isEqualTo(
                        tree(
                                """
                                {"automation": {"id": "%s", "name": "Nightly"},
                                 "scheduled_at": "2026-04-02T09:00:00Z"}
                                """
                                        .formatted(nightly.id())));
    }

    @Test
    void a_channel_of_some_automations_hears_of_their_misses() {
        channel(ALL, List.of(new UUID(5, 5)), 1);
        assertThat(told(missed(2, nightly.id(), nightly.id()))).isEmpty();
        assertThat(told(missed(3, nightly.id(), new UUID(5, 5), nightly.id())))
                .containsExactly("occurrence_missed");
        assertThat(last().at("/data/count").asInt()).isEqualTo(1);
        assertThat(last().at("/data/reason").asText())
                .isEqualTo("1 occurrence should have started a run and did not.");
    }

    @Test
    void a_channel_of_some_automations_hears_of_misses_that_the_event_only_counts() {
        channel(ALL, List.of(new UUID(5, 5)), 1);
        var event = missed(500, nightly.id());
        detail(event)
                .putObject("counts")
                .put(nightly.id().toString(), 380)
                .put(new UUID(5, 5).toString(), 120);
        assertThat(told(event)).containsExactly("occurrence_missed");
        assertThat(last().at("/data/count").asInt()).isEqualTo(120);
        assertThat(last().at("/data/missed")).isEmpty();
    }

    @Test
    void a_refused_schedule_is_a_message() {
        channel(ALL, null, 1);
        var event = event("TaskAutomation Schedule Refused");
        detail(event)
                .put("automation_id", nightly.id().toString())
                .put("edition", 1)
                .put("reason", "quota");
        assertThat(told(event)).containsExactly("schedule_refused");
        assertThat(last().at("/data/reason").asText()).isEqualTo("quota");
        assertThat(last().at("/data/link").asText())
                .isEqualTo(
                        "https://nightshift.example/console/#/automations/%s?project=%d"
                                .formatted(nightly.id(), project.id()));
    }

    @Test
    void a_repeated_event_has_the_same_message_ids_and_another_event_others() {
        channel(ALL, null, 1);
        channel(ALL, null, 1);
        var ids = new ArrayList<String>();
        for (var event : List.of(run("failed", 0, 1), run("failed", 0, 1))) {
            told(event);
            world.announced.forEach(one -> ids.add(tree(one.detail()).path("message_id").asText()));
        }
        assertThat(ids).hasSize(4);
        assertThat(ids.subList(0, 2)).isEqualTo(ids.subList(2, 4)).doesNotHaveDuplicates();
        assertThat(ids.getFirst()).matches("msg_[0-9a-f]{32}");

        var next = run("failed", 0, 1);
        detail(next).put("run_id", new UUID(9, 9).toString());
        told(next);
        assertThat(ids).doesNotContain(last().path("message_id").asText());
    }

    @Test
    void an_event_on_the_bus_has_neither_url_nor_secret() {
        channel(ALL, null, 1);
        told(run("failed", 0, 1));
        assertThat(world.announced.getFirst().detail())
                .doesNotContain("hooks.example", "hunter2", "whsec");
    }

    private NotificationChannel disabled(NotificationChannel channel) {
        var spec = channel.spec();
        return channel.with(
                new ChannelSpec(
                        spec.name(),
                        spec.kind(),
                        spec.url(),
                        spec.types(),
                        spec.automations(),
                        spec.afterFailures(),
                        false),
                project.now());
    }

    private NotificationChannel channel(
            Set<NotificationType> types, @Nullable List<UUID> automations, int afterFailures) {
        var spec =
                new ChannelSpec(
                        "On call",
                        ChannelKind.WEBHOOK,
                        URI.create("https://hooks.example/hunter2"),
                        types,
                        automations,
                        afterFailures,
                        true);
        var channel =
                new NotificationChannel(
                        Ids.timeOrdered(project.now()),
                        project.id(),
                        spec,
                        "whsec_aHVudGVyMg==",
                        null,
                        1,
                        project.now(),
                        project.now());
        world.channels().add(channel);
        return channel;
    }

    /// The types of the messages that follow from events.
    private List<String> told(ObjectNode... events) {
        world.announced.clear();
        Arrays.stream(events).forEach(event -> new NotifyChannels(world).answer(event));
        assertThat(world.announced).allMatch(one -> one.type().equals("Notification Due"));
        return world.announced.stream()
                .map(one -> tree(one.detail()).path("type").asText())
                .toList();
    }

    private ObjectNode last() {
        return tree(world.announced.getLast().detail());
    }

    private ObjectNode run(String status, int before, int after) {
        var event = event("TaskRun Ended");
        detail(event)
                .put("automation_id", nightly.id().toString())
                .put("task_id", TASK.toString())
                .put("run_id", RUN.toString())
                .put("status", status)
                .put("error_message", status.equals("failed") ? "no space <left>" : null)
                .put("scheduled_at", "2026-04-02T09:00:00Z")
                .put("attempt", 2)
                .put("failures_before", before)
                .put("failures_in_a_row", after)
                .put("paused_automation", false);
        return event;
    }

    /// A run after the automation was enabled again.
    private ObjectNode again(int earlier, String status, int before, int after) {
        var event = run(status, before, after);
        detail(event).put("earlier_failures", earlier);
        return event;
    }

    private ObjectNode missed(int count, UUID... automations) {
        var event = event("Occurrences Missed");
        var list = detail(event).put("count", count).putArray("missed");
        for (var automation : automations) {
            list.addObject()
                    .put("automation_id", automation.toString())
                    .put("name", "Nightly")
                    .put("scheduled_at", "2026-04-02T09:00:00Z");
        }
        return event;
    }

    private ObjectNode event(String type) {
        var event =
                Json.object()
                        .put("detail-type", type)
                        .put("source", "nightshift")
                        .put("time", "2026-04-02T09:30:00Z");
        event.putObject("detail").put("project_id", project.id());
        return event;
    }

    private static ObjectNode detail(JsonNode event) {
        return (ObjectNode) event.path("detail");
    }

    private static ObjectNode tree(String json) {
        return (ObjectNode) Json.stored(json);
    }
}
