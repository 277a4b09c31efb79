package nightshift.notification;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.run.Ids;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;

/// What every `NotificationChannels` does.
public interface NotificationChannelsContract {
    Instant NINE = Instant.parse("2026-01-05T09:00:00.000001Z");

    Ports ports();

    @Test
    default void finds_a_channel_as_it_was_added() {
        var project = new TestProject(ports()).id();
        var plain = channel(project, "whsec_c2VjcmV0", null, NINE);
        var narrow = channel(project, null, List.of(new UUID(1, 2), new UUID(3, 4)), NINE);
        channels().add(plain);
        channels().add(narrow);

        assertThat(channels().find(project, plain.id())).contains(plain);
        assertThat(channels().find(project, narrow.id())).contains(narrow);
        assertThat(channels().find(project + 1, plain.id())).isEmpty();
    }

    @Test
    default void lists_the_channels_of_a_project_oldest_first() {
        var project = new TestProject(ports()).id();
        var later = channel(project, null, null, NINE.plusSeconds(9));
        var earlier = channel(project, null, null, NINE);
        channels().add(later);
        channels().add(earlier);

        assertThat(channels().in(project)).containsExactly(earlier, later);
        assertThat(channels().in(new TestProject(ports()).id())).isEmpty();
    }

    @Test
    default void changes_what_a_caller_sets_and_nothing_else() {
        var project = new TestProject(ports()).id();
        var channel = channel(project, "whsec_c2VjcmV0", List.of(new UUID(1, 2)), NINE);
        channels().add(channel);
        var delivery = new LastDelivery(NINE, "The host answered 500.");
        channels().record(project, channel.id(), delivery);
        var spec =
                new ChannelSpec(
                        "other",
                        ChannelKind.WEBHOOK,
                        URI.create("https://other.example/"),
                        EnumSet.of(NotificationType.RUN_COMPLETED),
                        null,
                        7,
                        false);

        var changed =
                channels()
                        .update(project, channel.id(), from -> from.with(spec, NINE.plusSeconds(1)))
                        .orElseThrow();

        assertThat(changed)
                .isEqualTo(channel.with(spec, NINE.plusSeconds(1)).with(delivery))
                .isEqualTo(channels().find(project, channel.id()).orElseThrow());
        assertThat(channels().update(project, new UUID(0, 0), from -> from)).isEmpty();
    }

    @Test
    default void removes_a_channel_once() {
        var project = new TestProject(ports()).id();
        var channel = channel(project, null, null, NINE);
        channels().add(channel);

        assertThat(channels().remove(project, channel.id())).isTrue();
        assertThat(channels().remove(project, channel.id())).isFalse();
        assertThat(channels().in(project)).isEmpty();
    }

    @Test
    default void keeps_the_latest_delivery_alone() {
        var project = new TestProject(ports()).id();
        var channel = channel(project, null, null, NINE);
        channels().add(channel);

        channels().record(project, channel.id(), new LastDelivery(NINE.plusSeconds(2), "refused"));
        channels().record(project, channel.id(), new LastDelivery(NINE, null));
        assertThat(delivery(channel)).isEqualTo(new LastDelivery(NINE.plusSeconds(2), "refused"));
        channels().record(project, channel.id(), new LastDelivery(NINE.plusSeconds(3), null));
        assertThat(delivery(channel)).isEqualTo(new LastDelivery(NINE.plusSeconds(3), null));
    }

    @Test
    default void a_delivery_does_not_bring_a_removed_channel_back() {
        var project = new TestProject(ports()).id();
        channels().record(project, new UUID(5, 6), new LastDelivery(NINE, null));
        assertThat(channels().in(project)).isEmpty();
    }

    @Test
    default void knows_which_messages_were_received() {
        var project = new TestProject(ports()).id();
        assertThat(channels().received(project, "msg_1")).isFalse();
        channels().recordReceived(project, "msg_1", NINE);
        channels().recordReceived(project, "msg_1", NINE);
        assertThat(channels().received(project, "msg_1")).isTrue();
        assertThat(channels().received(project, "msg_2")).isFalse();
        assertThat(channels().received(project + 1, "msg_1")).isFalse();
    }

    private NotificationChannels channels() {
        return ports().channels();
    }

    private @Nullable LastDelivery delivery(NotificationChannel channel) {
        return channels().find(channel.projectId(), channel.id()).orElseThrow().lastDelivery();
    }

    private static NotificationChannel channel(
            long project, @Nullable String secret, @Nullable List<UUID> automations, Instant at) {
        var spec =
                new ChannelSpec(
                        "Nachts 🌙",
                        secret == null ? ChannelKind.SLACK : ChannelKind.WEBHOOK,
                        URI.create("https://hooks.example/services/T0?x=%20y"),
                        EnumSet.of(NotificationType.RUN_FAILED, NotificationType.SCHEDULE_REFUSED),
                        automations,
                        3,
                        true);
        return new NotificationChannel(Ids.timeOrdered(at), project, spec, secret, null, 1, at, at);
    }
}
