package nightshift.functions.notifications;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.json.Json;
import nightshift.notification.ChannelKind;
import nightshift.notification.ChannelSpec;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationType;
import nightshift.notification.WebhookUrl;
import nightshift.text.IsoTime;
import nightshift.text.UuidText;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// A channel on the wire. Of the URL only the host is shown.
final class ChannelJson {
    private static final TextRule NAME = TextRule.filled().atMost(255);
    private static final TextRule URL = TextRule.filled().atMost(2_000);
    private static final int MOST_AUTOMATIONS = 1_000;
    private static final int MOST_FAILURES = 100;

    /// All but `run_completed`, which comes every night.
    private static final Set<NotificationType> DEFAULT_TYPES =
            EnumSet.complementOf(EnumSet.of(NotificationType.RUN_COMPLETED));

    private ChannelJson() {}

    static ObjectNode write(NotificationChannel channel) {
        var spec = channel.spec();
        var body =
                Json.object()
                        .put("id", channel.id().toString())
                        .put("name", spec.name())
                        .put("kind", spec.kind().text())
                        .put("host", WebhookUrl.host(spec.url()));
        var types = body.putArray("events");
        spec.types().forEach(type -> types.add(type.text()));
        writeAutomations(body, spec.automations());
        body.put("after_failures", spec.afterFailures()).put("enabled", spec.enabled());
        writeLastDelivery(body, channel);
        return body.put("created_at", IsoTime.format(channel.createdAt()))
                .put("updated_at", IsoTime.format(channel.updatedAt()));
    }

    /// A new channel, with the secret that no other answer has.
    static ObjectNode writeCreated(NotificationChannel channel) {
        return write(channel).put("secret", channel.secret());
    }

    private static void writeAutomations(ObjectNode body, @Nullable List<UUID> automations) {
        if (automations == null) {
            body.putNull("automations");
        } else {
            var ids = body.putArray("automations");
            automations.forEach(id -> ids.add(id.toString()));
        }
    }

    private static void writeLastDelivery(ObjectNode body, NotificationChannel channel) {
        var last = channel.lastDelivery();
        if (last == null) {
            body.putNull("last_delivery");
        } else {
            body.putObject("last_delivery")
                    .put("at", IsoTime.format(last.at()))
                    .put("status", last.error() == null ? "delivered" : "failed")
                    .put("error", last.error());
        }
    }

    /// The stored spec, if there is one, overlaid with the body. The fields are read in the order
    /// in which the contract declares them; the first bad one is reported.
    ///
    /// @param exempt the hosts that a URL may have although they are not public
    static ChannelSpec spec(Fields body, @Nullable ChannelSpec stored, Set<String> exempt) {
        var name = stored == null || body.has("name") ? body.text("name", NAME) : stored.name();
        var kind = kind(body, stored);
        var url = stored == null || body.has("url") ? url(body, exempt) : stored.url();
        var types =
                body.has("events") ? types(body) : stored == null ? DEFAULT_TYPES : stored.types();
        var automations =
                body.has("automations")
                        ? automations(body)
                        : stored == null ? null : stored.automations();
        var afterFailures =
                body.has("after_failures")
                        ? (int) body.integer("after_failures", 1, MOST_FAILURES)
                        : stored == null ? 1 : stored.afterFailures();
        var enabled = body.flag("enabled", stored == null || stored.enabled());
        return new ChannelSpec(name, kind, url, types, automations, afterFailures, enabled);
    }

    private static ChannelKind kind(Fields body, @Nullable ChannelSpec stored) {
        if (stored == null) {
            body.require("kind");
        }
        var sent = body.choice("kind", ChannelKind.NAMES, null);
        if (stored == null) {
            return ChannelKind.of(String.valueOf(sent));
        }
        if (sent != null && ChannelKind.of(sent) != stored.kind()) {
            throw body.refuse("kind", "invalid_input", "The kind of a channel cannot be changed.");
        }
        return stored.kind();
    }

    private static URI url(Fields body, Set<String> exempt) {
        var sent = body.text("url", URL);
        try {
            return WebhookUrl.parse(sent, exempt);
        } catch (WebhookUrl.RefusedException refused) {
            throw body.refuse("url", "invalid_input", refused.reason());
        }
    }

    private static Set<NotificationType> types(Fields body) {
        var types = EnumSet.noneOf(NotificationType.class);
        var sent = body.texts("events");
        for (int i = 0; i < sent.size(); i++) {
            if (!NotificationType.NAMES.contains(sent.get(i))) {
                throw body.refuse(
                        "events__" + i,
                        "invalid_choice",
                        "\"" + shortened(sent.get(i)) + "\" is not a valid choice.");
            }
            types.add(NotificationType.of(sent.get(i)));
        }
        return types;
    }

    private static @Nullable List<UUID> automations(Fields body) {
        if (body.raw("automations").isNull()) {
            return null;
        }
        var sent = body.texts("automations");
        if (sent.size() > MOST_AUTOMATIONS) {
            throw body.refuse(
                    "automations",
                    "max_length",
                    "Ensure this field has no more than " + MOST_AUTOMATIONS + " elements.");
        }
        for (int i = 0; i < sent.size(); i++) {
            if (!UuidText.matches(sent.get(i))) {
                throw body.refuse("automations__" + i, "invalid_input", "Must be a valid UUID.");
            }
        }
        return sent.stream().map(UUID::fromString).distinct().toList();
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= 100
                ? text
                : text.substring(0, text.offsetByCodePoints(0, 100)) + "...";
    }
}
