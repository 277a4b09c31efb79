package nightshift.functions.notifications;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.automation.OneTimeSchedules;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.notification.NotificationChannel;
import nightshift.notification.NotificationChannels;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Sends one message to one channel. After a failed attempt it makes a one-time schedule that
/// invokes it again. After the last attempt it fails, and Lambda sends the message to the
/// dead-letter queue. Safe to repeat: every attempt has the same `webhook-id`, and a message that
/// was received is not sent again.
public final class DeliverNotification implements RequestStreamHandler {
    /// The pauses after each failed attempt: a day in all, the first ones short.
    private static final List<Duration> PAUSES =
            List.of(
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(15),
                    Duration.ofHours(1),
                    Duration.ofHours(3),
                    Duration.ofHours(3),
                    Duration.ofHours(3),
                    Duration.ofHours(3),
                    Duration.ofHours(3),
                    Duration.ofHours(3),
                    Duration.ofHours(3),
                    Duration.ofHours(3));

    private final NotificationChannels channels;
    private final MessageSender sender;
    private final OneTimeSchedules schedules;
    private final Clock clock;

    /// The function as Lambda makes it.
    public DeliverNotification() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public DeliverNotification(Wiring wiring) {
        this.channels = wiring.channels();
        this.sender = new MessageSender(wiring);
        this.schedules = wiring.oneTimeSchedules();
        this.clock = wiring.clock();
    }

    @Override
    public void handleRequest(InputStream event, OutputStream output, @Nullable Context context)
            throws IOException {
        Log.begin(context);
        if (!(Json.parse(event.readAllBytes()) instanceof ObjectNode input)) {
            throw new IllegalArgumentException("the input is no JSON object");
        }
        // The function cannot be told its own ARN by the template: that would be a circle.
        var function = context == null ? "" : context.getInvokedFunctionArn();
        output.write(Json.bytes(answer(input, function)));
    }

    /// The function as a plain one.
    ///
    /// @param function its own ARN
    JsonNode answer(ObjectNode input, String function) {
        var detail = new Fields(input).object("detail");
        long projectId = detail.integer("project_id", 1, Long.MAX_VALUE);
        var channelId = UUID.fromString(detail.text("channel_id", TextRule.filled()));
        int attempt = (int) detail.integer("attempt", 1, PAUSES.size() + 1);
        var message = Message.read(detail);
        Log.about(Map.of("project", projectId));
        var channel = channels.find(projectId, channelId).filter(found -> found.spec().enabled());
        if (channel.isEmpty()) {
            return outcome("dropped");
        }
        if (channels.received(projectId, message.id())) {
            return outcome("received before");
        }
        return outcome(deliver(channel.get(), message, attempt, function));
    }

    private String deliver(
            NotificationChannel channel, Message message, int attempt, String function) {
        long projectId = channel.projectId();
        var delivery = sender.send(channel, message);
        if (delivery.error() == null) {
            channels.recordReceived(projectId, message.id(), clock.instant());
            return "received";
        }
        if (attempt > PAUSES.size()) {
            throw new IllegalStateException(
                    "message %s to channel %s is given up: %s"
                            .formatted(message.id(), channel.id(), delivery.error()));
        }
        var input = Json.object();
        input.set("detail", message.write(projectId, channel.id(), attempt + 1L));
        schedules.put(
                "notification-%s-%d".formatted(message.id(), attempt + 1),
                clock.instant().plus(PAUSES.get(attempt - 1)),
                function,
                Json.text(input));
        return "to be repeated";
    }

    private static JsonNode outcome(String outcome) {
        return Json.object().put("outcome", outcome);
    }
}
