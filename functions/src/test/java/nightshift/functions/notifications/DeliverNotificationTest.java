package nightshift.functions.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.standardwebhooks.Webhook;

import nightshift.functions.lambda.InMemoryWiring;
import nightshift.functions.lambda.InMemoryWiring.Died;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.notification.ChannelKind;
import nightshift.notification.ChannelSpec;
import nightshift.notification.LastDelivery;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationType;
import nightshift.notification.RecordedWebhooks.Request;
import nightshift.run.Ids;
import nightshift.testing.TestProject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

class DeliverNotificationTest {
    private static final String FUNCTION = "arn:aws:lambda:us-east-1:1:function:deliver:live";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String DOWN = "The host answered 503.";

    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);

    @Test
    void a_webhook_gets_a_signed_message() throws Exception {
        var channel = channel(ChannelKind.WEBHOOK);
        world.forward(Duration.between(world.clock().instant(), Instant.now()));

        assertThat(deliver(world, due(channel, 1))).isEqualTo("received");

        var request = only();
        assertThat(request.url()).isEqualTo(channel.spec().url());
        assertThat(Json.stored(request.body()))
                .isEqualTo(
                        Json.stored(
                                """
                                {"type": "run_failed", "timestamp": "2026-04-02T09:30:00Z",
                                 "data": {"automation": {"name": "a<b"}, "reason": "r&r",
                                          "link": "https://n.example/console/"}}
                                """));
        assertThat(request.headers()).containsEntry("webhook-id", "msg_1");
        assertThatCode(() -> new Webhook(SECRET).verify(request.body(), headers(request)))
                .doesNotThrowAnyException();
        assertThat(last(channel)).isEqualTo(new LastDelivery(world.clock().instant(), null));
    }

    @Test
    void a_slack_channel_gets_a_text_without_markup_of_others() {
        deliver(world, due(channel(ChannelKind.SLACK), 1));

        assertThat(only().headers()).isEmpty();
        assertThat(Json.stored(only().body()))
                .isEqualTo(
                        Json.object()
                                .put(
                                        "text",
                                        "*a&lt;b* failed\nr&amp;r\n<https://n.example/console/|Open>"));
    }

    @Test
    void a_failed_message_is_repeated_for_a_day_and_then_given_up() {
        var channel = channel(ChannelKind.WEBHOOK);
        world.webhooks.refuse(DOWN);
        var begun = world.clock().instant();
        var due = due(channel, 1);
        int attempts = 1;
        while (deliver(world, due).equals("to be repeated")) {
            assertThat(last(channel)).isEqualTo(new LastDelivery(world.clock().instant(), DOWN));
            var schedule = world.oneTimeSchedules.all().values().iterator().next();
            assertThat(schedule.function()).isEqualTo(FUNCTION);
            world.forward(Duration.between(world.clock().instant(), schedule.at()));
            due = (ObjectNode) Json.stored(schedule.input());
            assertThat(world.oneTimeSchedules.takeDue(schedule.at())).hasSize(1);
            attempts++;
            if (attempts == 13) break;
        }
        var lastInput = due;
        assertThatThrownBy(() -> deliver(world, lastInput))
                .hasMessageContaining(DOWN)
                .hasMessageNotContainingAny("hunter2", "whsec", "https");
        assertThat(world.oneTimeSchedules.all()).isEmpty();
        assertThat(Duration.between(begun, world.clock().instant()))
                .isBetween(Duration.ofHours(24), Duration.ofHours(30));
        assertThat(world.webhooks.requests())
                .hasSize(13)
                .allMatch(request -> "msg_1".equals(request.headers().get("webhook-id")));
        assertThat(bodies()).hasSize(1);
    }

    @Test
    void a_message_that_was_received_is_not_sent_again() {
        var channel = channel(ChannelKind.WEBHOOK);
        deliver(world, due(channel, 1));
        assertThat(deliver(world, due(channel, 1))).isEqualTo("received before");
        assertThat(deliver(world, due(channel, 4))).isEqualTo("received before");
        assertThat(world.webhooks.requests()).hasSize(1);
    }

    @Test
    void a_message_for_a_channel_that_is_gone_or_off_is_dropped() {
        var gone = channel(ChannelKind.WEBHOOK);
        world.channels().remove(project.id(), gone.id());
        var off = channel(ChannelKind.WEBHOOK);
        world.channels()
                .update(
                        project.id(),
                        off.id(),
                        from -> from.with(spec(ChannelKind.WEBHOOK, false), project.now()));
        assertThat(deliver(world, due(gone, 1))).isEqualTo("dropped");
        assertThat(deliver(world, due(off, 2))).isEqualTo("dropped");
        assertThat(world.webhooks.requests()).isEmpty();
    }

    @Test
    void the_next_attempt_goes_to_the_url_that_the_channel_has_then() {
        var channel = channel(ChannelKind.WEBHOOK);
        world.webhooks.refuse(DOWN);
        deliver(world, due(channel, 1));
        var other = URI.create("https://other.example/");
        var spec = channel.spec();
        world.channels()
                .update(
                        project.id(),
                        channel.id(),
                        from ->
                                from.with(
                                        new ChannelSpec(
                                                spec.name(),
                                                spec.kind(),
                                                other,
                                                spec.types(),
                                                null,
                                                1,
                                                true),
                                        project.now()));
        deliver(world, due(channel, 2));
        assertThat(world.webhooks.requests().getLast().url()).isEqualTo(other);
    }

    /// A function that dies between any two of its calls is invoked again by Lambda.
    @Test
    void dead_at_any_call_it_is_made_good_by_a_repetition() {
        for (var refusal : new @Nullable String[] {null, DOWN}) {
            for (boolean acted : new boolean[] {false, true}) {
                int call = 0;
                while (dies(refusal, call, acted)) call++;
                assertThat(call).isPositive();
            }
        }
    }

    private boolean dies(@Nullable String refusal, int call, boolean acted) {
        var channel = channel(ChannelKind.WEBHOOK);
        var due = due(channel, 1);
        ((ObjectNode) due.path("detail")).put("message_id", "msg_" + channel.id());
        world.webhooks.refuse(refusal);
        world.webhooks.requests().clear();
        boolean died = false;
        try {
            deliver(world.dyingAt(call, acted), due);
        } catch (Died expected) {
            died = true;
            deliver(world, due);
        }
        assertThat(world.webhooks.requests()).isNotEmpty();
        assertThat(bodies()).hasSize(1);
        assertThat(world.channels().received(project.id(), "msg_" + channel.id()))
                .isEqualTo(refusal == null);
        assertThat(world.oneTimeSchedules.all()).hasSize(refusal == null ? 0 : 1);
        world.forward(Duration.ofHours(1));
        world.oneTimeSchedules.takeDue(world.clock().instant());
        return died;
    }

    private NotificationChannel channel(ChannelKind kind) {
        var channel =
                new NotificationChannel(
                        Ids.timeOrdered(project.now()),
                        project.id(),
                        spec(kind, true),
                        kind == ChannelKind.WEBHOOK ? SECRET : null,
                        null,
                        1,
                        project.now(),
                        project.now());
        world.channels().add(channel);
        return channel;
    }

    private static ChannelSpec spec(ChannelKind kind, boolean enabled) {
        return new ChannelSpec(
                "On call",
                kind,
                URI.create("https://hooks.example/hunter2"),
                EnumSet.allOf(NotificationType.class),
                null,
                1,
                enabled);
    }

    private ObjectNode due(NotificationChannel channel, int attempt) {
        return (ObjectNode)
                Json.stored(
                        """
                        {"detail-type": "Notification Due", "source": "nightshift",
                         "detail": {"project_id": %d, "channel_id": "%s", "message_id": "msg_1",
                                    "attempt": %d, "type": "run_failed",
                                    "timestamp": "2026-04-02T09:30:00Z",
                                    "data": {"automation": {"name": "a<b"}, "reason": "r&r",
                                             "link": "https://n.example/console/"}}}
                        """
                                .formatted(project.id(), channel.id(), attempt));
    }

    private static String deliver(Wiring wiring, ObjectNode due) {
        return new DeliverNotification(wiring).answer(due, FUNCTION).path("outcome").asText();
    }

    private Request only() {
        assertThat(world.webhooks.requests()).hasSize(1);
        return world.webhooks.requests().getFirst();
    }

    private Set<String> bodies() {
        return world.webhooks.requests().stream().map(Request::body).collect(Collectors.toSet());
    }

    private LastDelivery last(NotificationChannel channel) {
        return Objects.requireNonNull(
                world.channels()
                        .find(channel.projectId(), channel.id())
                        .orElseThrow()
                        .lastDelivery());
    }

    private static HttpHeaders headers(Request request) {
        var lists = new TreeMap<String, List<String>>();
        request.headers().forEach((name, value) -> lists.put(name, List.of(value)));
        return HttpHeaders.of(lists, (_, _) -> true);
    }
}
