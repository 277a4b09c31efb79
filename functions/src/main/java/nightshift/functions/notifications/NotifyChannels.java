package nightshift.functions.notifications;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.notification.NotificationChannels;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;

/// Turns an event of the bus into one message for each channel that wants it. Each message is an
/// event of its own, so that a receiver that is down delays no other. Safe to repeat: a message's
/// id is always the same.
public final class NotifyChannels extends Operation {
    private final NotificationChannels channels;
    private final Notices notices;
    private final Announcements announcements;

    /// The function as Lambda makes it.
    public NotifyChannels() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public NotifyChannels(Wiring wiring) {
        this.channels = wiring.channels();
        this.notices = new Notices(wiring.automations(), new ConsoleLinks(wiring.apiUrl()));
        this.announcements = wiring.announcements();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var detail = input.object("detail");
        long projectId = detail.integer("project_id", 1, Long.MAX_VALUE);
        var at = Instant.parse(input.text("time", TextRule.filled()));
        Log.about(Map.of("project", projectId));
        var found = channels.in(projectId);
        var messages = new ArrayList<Announcement>();
        if (!found.isEmpty()) {
            for (var notice : notices.of(input.text("detail-type", TextRule.filled()), detail)) {
                for (var channel : found) {
                    if (!notice.isFor(channel.spec())) continue;
                    var type = notice.type().text();
                    var message =
                            new Message(
                                    Message.id(channel.id(), type, notice.subject()),
                                    type,
                                    at,
                                    notice.data().apply(channel.spec()));
                    messages.add(
                            new Announcement(
                                    "Notification Due",
                                    Json.text(message.write(projectId, channel.id(), 1))));
                }
            }
        }
        announcements.announce(messages);
        return Json.object().put("messages", messages.size());
    }
}
