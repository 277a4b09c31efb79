package nightshift.worker.api;

import com.fasterxml.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/// An entry of the log: a line that the command printed, a part of one, or several lines.
///
/// @param json the entry as sent
@SuppressWarnings("ArrayRecordComponent") // never compared
record LogLine(byte[] json) {
    private static final String METHOD = "_posthog/console";

    /// @param sequence the number of the entry, by which the worker finds it in the log
    /// @param level `info` for standard output, `error` for standard error
    /// @param continues whether the next entry of the same level is the same line
    static LogLine of(
            UUID runId, long sequence, Instant time, String level, String text, boolean continues) {
        var entry =
                ApiClient.JSON
                        .createObjectNode()
                        .put("type", "notification")
                        .put("timestamp", time.truncatedTo(ChronoUnit.MILLIS).toString());
        var notification = entry.putObject("notification");
        notification.put("jsonrpc", "2.0").put("method", METHOD);
        var parameters =
                notification
                        .putObject("params")
                        .put("sessionId", runId.toString())
                        .put("level", level)
                        .put("message", text)
                        .put("sequence", sequence);
        if (continues) {
            parameters.put("continues", true);
        }
        return new LogLine(entry.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// Whether an entry of the log has this number and is from this worker.
    static boolean isOurs(JsonNode entry, UUID runId, long sequence) {
        var notification = entry.path("notification");
        var parameters = notification.path("params");
        return notification.path("method").asText().equals(METHOD)
                && parameters.path("sessionId").asText().equals(runId.toString())
                && parameters.path("sequence").asLong(-1) == sequence;
    }
}
