package nightshift.api;

import nightshift.log.Log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One log line for each successful write through the API: which key did what to what. The key
/// itself is never in it.
final class AuditLog {
    private static final Set<String> READING_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    /// Calls of POST that read.
    private static final Set<String> READING_RESOURCES =
            Set.of("/preview", "/presign", "/download");

    /// Why the caller does it; the command line sends it with `pause --note`.
    private static final String NOTE = "Nightshift-Note";

    private static final int LONGEST_NOTE = 200;

    private AuditLog() {}

    /// Logs the call if it was a write that succeeded.
    static void record(Call call, Reply reply) {
        details(call, reply).ifPresent(details -> Log.info("audit", details));
    }

    /// What the line says beside the ids of the path; empty: no successful write.
    static Optional<Map<String, Object>> details(Call call, Reply reply) {
        boolean read =
                READING_METHODS.contains(call.method())
                        || READING_RESOURCES.stream().anyMatch(call.resource()::endsWith);
        if (read || reply.status() < 200 || reply.status() > 299) {
            return Optional.empty();
        }
        var details = new LinkedHashMap<String, Object>();
        var key = call.keyId();
        details.put("key_id", key == null ? "worker" : key);
        details.put("method", call.method());
        details.put("resource", call.resource());
        details.put("status", reply.status());
        var note = call.header(NOTE);
        if (note != null) {
            details.put("note", note.substring(0, Math.min(note.length(), LONGEST_NOTE)));
        }
        if (reply.status() == 201) {
            details.put("created", reply.json().path("id").asText());
        }
        return Optional.of(details);
    }
}
