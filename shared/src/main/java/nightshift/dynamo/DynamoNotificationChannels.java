package nightshift.dynamo;

import nightshift.notification.LastDelivery;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationChannels;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// The notification channels in the table.
public final class DynamoNotificationChannels implements NotificationChannels {
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private final Table table;

    public DynamoNotificationChannels(Table table) {
        this.table = table;
    }

    @Override
    public Optional<NotificationChannel> find(long projectId, UUID id) {
        return table.get(ChannelItem.key(projectId, id)).map(ChannelItem::read);
    }

    @Override
    public List<NotificationChannel> in(long projectId) {
        return table.allOf(ChannelItem.partition(projectId)).stream()
                .map(ChannelItem::read)
                .toList();
    }

    @Override
    public void add(NotificationChannel channel) {
        if (table.putOrGet(ChannelItem.write(channel)).isPresent()) {
            throw new IllegalStateException("there is a channel " + channel.id());
        }
    }

    @Override
    public Optional<NotificationChannel> update(
            long projectId, UUID id, UnaryOperator<NotificationChannel> change) {
        var key = ChannelItem.key(projectId, id);
        return Retries.update(
                () -> find(projectId, id),
                change,
                (from, to) -> table.write(ChannelItem.edit(table.change(key), from, to)));
    }

    @Override
    public boolean remove(long projectId, UUID id) {
        return table.retryConflicts(() -> {
            var written = table.write(table.deleteIfPresent(ChannelItem.key(projectId, id)));
            return written.conflicted() ? null : written.done();
        });
    }

    @Override
    public void record(long projectId, UUID id, LastDelivery delivery) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, delivery.at());
        table.write(
                table.change(ChannelItem.key(projectId, id))
                        .set(ChannelItem.DELIVERY_AT, (Long) micros)
                        .set(ChannelItem.DELIVERY_ERROR, delivery.error())
                        .ifPresent()
                        .ifBefore(ChannelItem.DELIVERY_AT, micros));
    }

    @Override
    public boolean received(long projectId, String messageId) {
        return table.get(receipt(projectId, messageId)).isPresent();
    }

    @Override
    public void recordReceived(long projectId, String messageId, Instant now) {
        var _ =
                table.putOrGet(
                        receipt(projectId, messageId)
                                .put("received_at", now)
                                .put("expires_at", now.plus(REMEMBERED).getEpochSecond()));
    }

    private static Item receipt(long projectId, String messageId) {
        return Item.keyed("DELIVERIES#" + projectId, messageId);
    }
}
