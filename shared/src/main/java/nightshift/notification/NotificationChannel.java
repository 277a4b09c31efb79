package nightshift.notification;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// Where messages about a project's automations are sent.
///
/// @param secret what webhooks are signed with (`whsec_...`); null: the kind has no signature
/// @param lastDelivery null: nothing was sent yet
/// @param edition the number of the spec's edits, from 1
public record NotificationChannel(
        UUID id,
        long projectId,
        ChannelSpec spec,
        @Nullable String secret,
        @Nullable LastDelivery lastDelivery,
        long edition,
        Instant createdAt,
        Instant updatedAt) {
    /// The next edition.
    public NotificationChannel with(ChannelSpec changed, Instant now) {
        return new NotificationChannel(
                id, projectId, changed, secret, lastDelivery, edition + 1, createdAt, now);
    }

    /// The channel after an attempt to deliver a message.
    public NotificationChannel with(LastDelivery delivery) {
        return new NotificationChannel(
                id, projectId, spec, secret, delivery, edition, createdAt, updatedAt);
    }

    /// Without the secret.
    @Override
    public String toString() {
        return "NotificationChannel[id=" + id + ", projectId=" + projectId + ", " + spec + "]";
    }
}
