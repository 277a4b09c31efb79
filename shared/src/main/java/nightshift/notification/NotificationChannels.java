package nightshift.notification;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// The channels of all projects, and which messages they have received.
public interface NotificationChannels {
    Optional<NotificationChannel> find(long projectId, UUID id);

    /// The project's channels, oldest first.
    List<NotificationChannel> in(long projectId);

    /// Keeps a new channel.
    void add(NotificationChannel channel);

    /// Changes a channel, repeated until no other edit came between. Empty: no such channel.
    ///
    /// @param change must move the edition
    Optional<NotificationChannel> update(
            long projectId, UUID id, UnaryOperator<NotificationChannel> change);

    /// Removes a channel. Answers whether it was there.
    boolean remove(long projectId, UUID id);

    /// Records how an attempt ended, unless a later one is recorded or the channel is gone.
    void record(long projectId, UUID id, LastDelivery delivery);

    /// Whether a receiver has taken a message.
    boolean received(long projectId, String messageId);

    /// Records that a receiver has taken a message. This is remembered for a month.
    void recordReceived(long projectId, String messageId, Instant now);
}
