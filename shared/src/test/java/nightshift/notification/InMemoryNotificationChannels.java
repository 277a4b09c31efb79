package nightshift.notification;

import nightshift.testing.World;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// Channels in memory.
public final class InMemoryNotificationChannels implements NotificationChannels {
    private final World world;

    public InMemoryNotificationChannels(World world) {
        this.world = world;
    }

    @Override
    public Optional<NotificationChannel> find(long projectId, UUID id) {
        synchronized (world) {
            return Optional.ofNullable(world.channels.get(new World.Id(projectId, id)));
        }
    }

    @Override
    public List<NotificationChannel> in(long projectId) {
        synchronized (world) {
            return world.channels.values().stream()
                    .filter(channel -> channel.projectId() == projectId)
                    .sorted(Comparator.comparing(channel -> channel.id().toString()))
                    .toList();
        }
    }

    @Override
    public void add(NotificationChannel channel) {
        synchronized (world) {
            world.channels.put(new World.Id(channel.projectId(), channel.id()), channel);
        }
    }

    @Override
    public Optional<NotificationChannel> update(
            long projectId, UUID id, UnaryOperator<NotificationChannel> change) {
        synchronized (world) {
            var changed = find(projectId, id).map(change);
            changed.ifPresent(this::add);
            return changed;
        }
    }

    @Override
    public boolean remove(long projectId, UUID id) {
        synchronized (world) {
            return world.channels.remove(new World.Id(projectId, id)) != null;
        }
    }

    @Override
    public void record(long projectId, UUID id, LastDelivery delivery) {
        synchronized (world) {
            find(projectId, id)
                    .filter(channel -> isOlder(channel, delivery))
                    .ifPresent(channel -> add(channel.with(delivery)));
        }
    }

    private static boolean isOlder(NotificationChannel channel, LastDelivery delivery) {
        var last = channel.lastDelivery();
        return last == null || last.at().isBefore(delivery.at());
    }

    @Override
    public boolean received(long projectId, String messageId) {
        synchronized (world) {
            return world.received.contains(projectId + " " + messageId);
        }
    }

    @Override
    public void recordReceived(long projectId, String messageId, Instant now) {
        synchronized (world) {
            world.received.add(projectId + " " + messageId);
        }
    }
}
