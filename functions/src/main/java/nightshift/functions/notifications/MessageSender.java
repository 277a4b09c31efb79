package nightshift.functions.notifications;

import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.notification.ChannelKind;
import nightshift.notification.LastDelivery;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationChannels;
import nightshift.notification.WebhookUrl;
import nightshift.notification.Webhooks;
import nightshift.notification.Webhooks.NotDeliveredException;
import nightshift.webhook.StandardWebhook;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Sends messages once, each in the form of its channel, and records how that ended.
final class MessageSender {
    private final NotificationChannels channels;
    private final Webhooks webhooks;
    private final Clock clock;

    MessageSender(Wiring wiring) {
        this.channels = wiring.channels();
        this.webhooks = wiring.webhooks();
        this.clock = wiring.clock();
    }

    /// Sends a message once. One line of the log says how that ended.
    LastDelivery send(NotificationChannel channel, Message message) {
        var delivery = attempt(channel, message);
        channels.record(channel.projectId(), channel.id(), delivery);
        log(channel, message, delivery);
        return delivery;
    }

    private LastDelivery attempt(NotificationChannel channel, Message message) {
        var now = clock.instant();
        try {
            post(channel, message, now);
            return new LastDelivery(now, null);
        } catch (NotDeliveredException failed) {
            return new LastDelivery(now, failed.reason());
        }
    }

    private void post(NotificationChannel channel, Message message, Instant now)
            throws NotDeliveredException {
        var url = channel.spec().url();
        if (channel.spec().kind() == ChannelKind.SLACK) {
            var body = Json.object().put("text", SlackText.of(message));
            webhooks.post(url, Map.of(), Json.bytes(body));
            return;
        }
        var secret = channel.secret();
        if (secret == null) {
            throw new IllegalStateException("channel without a secret: " + channel.id());
        }
        var body = message.body();
        webhooks.post(url, StandardWebhook.headers(secret, message.id(), now, body), body);
    }

    private static void log(NotificationChannel channel, Message message, LastDelivery delivery) {
        var details = new LinkedHashMap<String, Object>();
        details.put("channel", channel.id());
        details.put("message", message.id());
        details.put("type", message.type());
        details.put("host", WebhookUrl.host(channel.spec().url()));
        if (delivery.error() != null) {
            details.put("reason", delivery.error());
        }
        Log.info(
                delivery.error() == null ? "notification delivered" : "notification not delivered",
                details);
    }
}
