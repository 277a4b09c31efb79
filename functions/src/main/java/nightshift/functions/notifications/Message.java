package nightshift.functions.notifications;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/// One message to one channel. All attempts to deliver it are alike.
///
/// @param id what receivers tell a repetition by
/// @param at when what it reports happened
record Message(String id, String type, Instant at, ObjectNode data) {
    private static final int ID_BYTES = 16;

    /// The message that is in an event of the bus.
    static Message read(Fields detail) {
        return new Message(
                detail.text("message_id", TextRule.filled()),
                detail.text("type", TextRule.filled()),
                Instant.parse(detail.text("timestamp", TextRule.filled())),
                (ObjectNode) detail.raw("data"));
    }

    /// The message as an event's detail. It names the channel; URL and secret stay in the table.
    ObjectNode write(long projectId, UUID channelId, long attempt) {
        return Json.object()
                .put("project_id", projectId)
                .put("channel_id", channelId.toString())
                .put("message_id", id)
                .put("attempt", attempt)
                .put("type", type)
                .put("timestamp", IsoTime.format(at))
                .set("data", data);
    }

    /// What a webhook receives.
    byte[] body() {
        return Json.bytes(
                Json.object()
                        .put("type", type)
                        .put("timestamp", IsoTime.format(at))
                        .set("data", data));
    }

    /// The id of the message about a subject to a channel: the same however often it is made.
    static String id(UUID channelId, String type, String subject) {
        try {
            var text = channelId + " " + type + " " + subject;
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return "msg_" + HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has SHA-256
        }
    }
}
