package nightshift.dynamo;

import nightshift.notification.ChannelKind;
import nightshift.notification.ChannelSpec;
import nightshift.notification.LastDelivery;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationType;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// How a notification channel lies in the table. Its URL and secret are in no other item.
final class ChannelItem {
    static final String PARTITION = "CHANNELS#";
    static final String DELIVERY_AT = "last_delivery_micros";
    static final String DELIVERY_ERROR = "last_delivery_error";
    private static final String EDITION = "edition";
    private static final String AUTOMATIONS = "automation_ids";

    private ChannelItem() {}

    static String partition(long projectId) {
        return PARTITION + projectId;
    }

    static Item key(long projectId, UUID id) {
        return Item.keyed(partition(projectId), id.toString());
    }

    static Item write(NotificationChannel channel) {
        var spec = channel.spec();
        var item =
                key(channel.projectId(), channel.id())
                        .put("name", spec.name())
                        .put("kind", spec.kind().text())
                        .put("url", spec.url().toString())
                        .putTexts("types", texts(spec.types()))
                        .put("after_failures", (long) spec.afterFailures())
                        .put("enabled", spec.enabled())
                        .put("signing_secret", channel.secret())
                        .put(EDITION, channel.edition())
                        .put("created_at", channel.createdAt())
                        .put("updated_at", channel.updatedAt());
        var automations = spec.automations();
        return automations == null ? item : item.putTexts(AUTOMATIONS, texts(automations));
    }

    static NotificationChannel read(Item item) {
        var micros = item.numberOrNull(DELIVERY_AT);
        var delivery =
                micros == null
                        ? null
                        : new LastDelivery(
                                Instant.EPOCH.plus(micros, ChronoUnit.MICROS),
                                item.textOrNull(DELIVERY_ERROR));
        return new NotificationChannel(
                item.uuid(Item.SK),
                Long.parseLong(item.text(Item.PK).substring(PARTITION.length())),
                spec(item),
                item.textOrNull("signing_secret"),
                delivery,
                item.number(EDITION, 1),
                item.time("created_at"),
                item.time("updated_at"));
    }

    private static ChannelSpec spec(Item item) {
        return new ChannelSpec(
                item.text("name"),
                ChannelKind.of(item.text("kind")),
                URI.create(item.text("url")),
                types(item),
                automations(item),
                (int) item.number("after_failures", 1),
                item.flag("enabled"));
    }

    /// The change from one edition to the next, if no other came between.
    static Change edit(Change change, NotificationChannel from, NotificationChannel to) {
        var spec = to.spec();
        var automations = spec.automations();
        change.set("name", spec.name())
                .set("url", spec.url().toString())
                .setTexts("types", texts(spec.types()))
                .set("after_failures", (Long) (long) spec.afterFailures())
                .set("enabled", spec.enabled())
                .set(EDITION, (Long) to.edition())
                .set("updated_at", to.updatedAt())
                .ifStill(EDITION, (Long) from.edition());
        return automations == null
                ? change.remove(AUTOMATIONS)
                : change.setTexts(AUTOMATIONS, texts(automations));
    }

    private static Set<NotificationType> types(Item item) {
        var types = EnumSet.noneOf(NotificationType.class);
        item.texts("types").forEach(type -> types.add(NotificationType.of(type)));
        return types;
    }

    private static @Nullable List<UUID> automations(Item item) {
        return item.attributes().containsKey(AUTOMATIONS)
                ? item.texts(AUTOMATIONS).stream().map(UUID::fromString).toList()
                : null;
    }

    private static List<String> texts(Set<NotificationType> types) {
        return types.stream().map(NotificationType::text).toList();
    }

    private static List<String> texts(Collection<UUID> ids) {
        return ids.stream().map(UUID::toString).toList();
    }
}
