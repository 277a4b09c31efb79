package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.standardwebhooks.Webhook;

import nightshift.webhook.HostileServer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/// Messages from an event of the bus to a receiver on this machine, with the functions, permissions
/// and settings of the template.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class ChannelsEndToEndTest {
    private static final String CHANNELS = "/api/projects/1/notification_channels/";
    private static final ObjectMapper JSON = new ObjectMapper();

    private @TempDir static Path state;
    private LocalFixture world;

    @BeforeAll
    void open() {
        world = new LocalFixture(state, "2099-01-05T08:00:30Z");
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void a_test_reaches_the_receiver_signed_and_is_recorded() throws IOException {
        try (var receiver = HostileServer.answering("204 No Content", "")) {
            var created = channel(receiver, "webhook");
            var id = created.path("id").asText();

            var tested = world.post(CHANNELS + id + "/test/", "");

            assertThat(tested.status()).as("%s", tested.body()).isEqualTo(200);
            assertThat(tested.body().at("/last_delivery/status").asText()).isEqualTo("delivered");
            assertThat(tested.body()).isEqualTo(world.get(CHANNELS + id).body());
            var request = receiver.requests().getFirst();
            assertThat(request).startsWith("POST /hooks/hunter2 HTTP/1.1\r\n");
            assertThat(body(request).path("type").asText()).isEqualTo("test");
            assertSigned(request, created.path("secret").asText());
            world.delete(CHANNELS + id);
        }
    }

    @Test
    void a_test_of_a_receiver_that_redirects_says_so() throws IOException {
        try (var receiver = HostileServer.answering("302 Found", "")) {
            var id = channel(receiver, "slack").path("id").asText();
            var tested = world.post(CHANNELS + id + "/test/", "").body();
            assertThat(tested.at("/last_delivery/status").asText()).isEqualTo("failed");
            assertThat(tested.at("/last_delivery/error").asText())
                    .isEqualTo("The host answered 302.");
            world.delete(CHANNELS + id);
        }
    }

    @Test
    void failures_in_a_row_are_one_message_and_the_recovery_another() throws IOException {
        try (var receiver = HostileServer.answering("200 OK", "ok")) {
            var id = channel(receiver, "webhook").path("id").asText();
            var automation = world.unscheduled("0 9 * * *", "UTC");
            var run = new UUID(1, 1);
            ended(automation, run, "failed", 0, 1);
            ended(automation, run, "failed", 0, 1);
            LocalFixture.await("the message", () -> receiver.requests().isEmpty(), false);
            ended(automation, new UUID(1, 2), "failed", 1, 2);
            ended(automation, new UUID(1, 3), "completed", 2, 0);

            LocalFixture.await(
                    "both messages",
                    () -> types(receiver),
                    List.of("automation_recovered", "run_failed"));
            var failed = body(receiver.requests().getFirst());
            assertThat(failed.at("/data/automation/name").asText()).isEqualTo("nightly");
            assertThat(failed.at("/data/run/id").asText()).isEqualTo(run.toString());
            assertThat(failed.at("/data/link").asText()).contains("/console/#/runs/", "" + run);
            world.delete(CHANNELS + id);
            world.delete(LocalFixture.AUTOMATIONS + automation);
        }
    }

    @Test
    void a_scheduled_run_that_fails_and_the_next_that_completes_are_told() throws IOException {
        try (var receiver = HostileServer.answering("200 OK", "ok")) {
            var id = channel(receiver, "webhook").path("id").asText();
            var automation = world.automation("* * * * *", "UTC");
            var failed = fired(automation);
            world.patch(failed, "{\"status\": \"failed\", \"error_message\": \"no space\"}");
            LocalFixture.await("the failure", () -> types(receiver), List.of("run_failed"));
            world.patch(fired(automation), "{\"status\": \"completed\"}");
            LocalFixture.await(
                    "the recovery",
                    () -> types(receiver),
                    List.of("automation_recovered", "run_failed"));

            var data = body(receiver.requests().getFirst()).path("data");
            assertThat(data.path("reason").asText()).isEqualTo("no space");
            assertThat(failed).contains(data.at("/run/id").asText());
            assertThat(data.at("/occurrence/scheduled_at").asText()).startsWith("2099-01-");
            world.delete(LocalFixture.AUTOMATIONS + automation);
            world.delete(CHANNELS + id);
        }
    }

    /// Lets the next minute come. Returns the path of the run that it starts.
    private String fired(String automation) {
        int before = world.runs(automation);
        world.forward(Duration.ofMinutes(1));
        LocalFixture.await("the run", () -> world.runs(automation) > before, true);
        var row = world.get(LocalFixture.AUTOMATIONS + automation).body();
        return "/api/projects/1/tasks/%s/runs/%s/"
                .formatted(
                        row.path("last_task_id").asText(), row.path("last_task_run_id").asText());
    }

    @Test
    void a_receiver_that_is_down_is_tried_for_a_day_and_then_given_up() throws IOException {
        try (var receiver = HostileServer.answering("503 Service Unavailable", "hunter3")) {
            var id = channel(receiver, "webhook").path("id").asText();
            var automation = world.unscheduled("0 9 * * *", "UTC");
            ended(automation, new UUID(2, 2), "failed", 0, 1);
            LocalFixture.await("the schedule", () -> repetitions().size(), 1);
            assertThat(deliverAgain(id, receiver.requests().getFirst()))
                    .isEqualTo("to be repeated");
            for (int attempt = 1; attempt <= 13; attempt++) {
                int sent = attempt;
                LocalFixture.await(
                        "attempt " + attempt, () -> receiver.requests().size() > sent, true);
                if (attempt < 13) {
                    LocalFixture.await("the schedule", () -> repetitions().size(), 1);
                    world.forward(Duration.ofHours(3).plusSeconds(1));
                }
            }
            LocalFixture.await("the dead letter", () -> deadLetters(id).isEmpty(), false);

            assertThat(receiver.requests().stream().map(ChannelsEndToEndTest::id).distinct())
                    .hasSize(1);
            assertThat(deadLetters(id))
                    .allSatisfy(letter ->
                            assertThat(letter)
                                    .contains("The host answered 503.")
                                    .doesNotContain("hunter", "whsec"));
            assertThat(world.get(CHANNELS + id).body().at("/last_delivery/error").asText())
                    .isEqualTo("The host answered 503.");
            world.delete(CHANNELS + id);
            world.delete(LocalFixture.AUTOMATIONS + automation);
        }
    }

    @Test
    void a_repetition_restores_the_group_that_somebody_has_deleted() throws IOException {
        try (var receiver = HostileServer.answering("503 Service Unavailable", "")) {
            var id = channel(receiver, "webhook").path("id").asText();
            for (int n = 0; n < 3; n++) {
                world.server.scheduler().loseGroup(world.group());
                ended(new UUID(5, 5).toString(), new UUID(4, n), "failed", 0, 1);
                LocalFixture.await("the schedule", () -> repetitions().size(), 1);
            }
            world.delete(CHANNELS + id);
        }
    }

    private JsonNode channel(HostileServer receiver, String kind) {
        var created =
                world.post(
                        CHANNELS,
                        """
                        {"name": "On call", "kind": "%s",
                         "url": "http://127.0.0.1:%d/hooks/hunter2"}
                        """
                                .formatted(kind, receiver.port()));
        assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
        return created.body();
    }

    /// The end of a run, as it is announced on the bus.
    private void ended(String automation, UUID run, String status, int before, int after) {
        var detail =
                JSON.createObjectNode()
                        .put("project_id", 1)
                        .put("task_id", new UUID(3, 3).toString())
                        .put("run_id", run.toString())
                        .put("automation_id", automation)
                        .put("status", status)
                        .put("error_message", status.equals("failed") ? "no space" : null)
                        .put("scheduled_at", "2099-01-05T08:00:00Z")
                        .put("attempt", 1)
                        .put("failures_before", before)
                        .put("failures_in_a_row", after)
                        .put("paused_automation", false);
        try (var bus =
                EventBridgeClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            var entry =
                    PutEventsRequestEntry.builder()
                            .eventBusName(busName())
                            .source("nightshift")
                            .detailType("TaskRun Ended")
                            .detail(detail.toString())
                            .build();
            var answer = bus.putEvents(put -> put.entries(entry));
            assertThat(answer.failedEntryCount()).isZero();
        }
    }

    /// Delivers a message of the bus once more. Returns the outcome.
    private String deliverAgain(String channel, String request) {
        var detail = (ObjectNode) body(request);
        detail.put("project_id", 1)
                .put("channel_id", channel)
                .put("message_id", id(request))
                .put("attempt", 1);
        var event = JSON.createObjectNode().set("detail", detail);
        return world.invoke("DeliverNotification", event.toString()).text("outcome");
    }

    private String busName() {
        return world.server.template().named("AWS::Events::EventBus").keySet().iterator().next();
    }

    private List<String> repetitions() {
        return world
                .scheduler
                .listSchedules(list -> list.groupName(world.group()).namePrefix("notification-"))
                .schedules()
                .stream()
                .map(schedule -> schedule.name())
                .toList();
    }

    private static List<String> types(HostileServer receiver) {
        return receiver.requests().stream()
                .map(request -> body(request).path("type").asText())
                .distinct()
                .sorted()
                .toList();
    }

    private static JsonNode body(String request) {
        try {
            return JSON.readTree(request.split("\r\n\r\n", 2)[1]);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static String id(String request) {
        return headers(request).firstValue("webhook-id").orElseThrow();
    }

    private static HttpHeaders headers(String request) {
        var headers = new TreeMap<String, List<String>>();
        for (var line : request.split("\r\n\r\n", 2)[0].split("\r\n", -1)) {
            var parts = line.split(": ", 2);
            if (parts.length == 2) headers.put(parts[0], List.of(parts[1]));
        }
        return HttpHeaders.of(headers, (_, _) -> true);
    }

    /// The library refuses to verify times that are far from now, so the test compares signatures.
    private static void assertSigned(String request, String secret) {
        var headers = headers(request);
        var body = request.split("\r\n\r\n", 2)[1];
        long sent = Long.parseLong(headers.firstValue("webhook-timestamp").orElseThrow());
        assertThat(Instant.ofEpochSecond(sent)).isAfter(Instant.parse("2099-01-01T00:00:00Z"));
        assertThatCode(() ->
                        assertThat(new Webhook(secret).sign(id(request), sent, body))
                                .isEqualTo(headers.firstValue("webhook-signature").orElseThrow()))
                .doesNotThrowAnyException();
    }

    private static List<String> deadLetters(String channel) {
        try (var files = Files.walk(state.resolve("dead-letters"))) {
            return files.filter(Files::isRegularFile)
                    .map(ChannelsEndToEndTest::read)
                    .filter(letter -> letter.contains(channel))
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException vanished) {
            return "";
        }
    }
}
