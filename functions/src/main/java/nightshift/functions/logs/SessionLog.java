package nightshift.functions.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;
import nightshift.run.LogEntry;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/// What the service understands of a log entry, which may be any JSON object: its time and its
/// type.
///
/// Agents write notifications of the Agent Client Protocol in an envelope.
///
/// @see <a href="https://agentclientprotocol.com/protocol/prompt-turn">Agent Client Protocol:
///   prompt turn</a>
public final class SessionLog {
    private SessionLog() {}

    static LogEntry entry(ObjectNode entry) {
        return new LogEntry(Json.text(entry), time(entry));
    }

    /// Whether the entry is a piece of a message that comes whole later.
    static boolean isChunk(JsonNode entry) {
        return "agent_message_chunk".equals(update(entry));
    }

    /// A line of a log; null if it is no JSON object.
    static @Nullable ObjectNode line(String line) {
        try {
            return Json.parse(line.getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode entry
                    ? entry
                    : null;
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    /// The entry's `sessionUpdate` for a `session/update`, else its method; empty if it has
    /// neither.
    static String type(JsonNode entry) {
        var method = entry.path("notification").path("method").asText("");
        return method.equals("session/update") ? update(entry) : method;
    }

    /// The entry's time; null if it has no readable one.
    static @Nullable Instant time(JsonNode entry) {
        return IsoTime.parseOrNull(entry.path("timestamp").asText(""));
    }

    private static String update(JsonNode entry) {
        return entry.path("notification")
                .path("params")
                .path("update")
                .path("sessionUpdate")
                .asText("");
    }
}
