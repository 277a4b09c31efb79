package nightshift.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.net.URI;
import java.util.UUID;

/// A queued run, as the event `TaskRun Queued` announces it. The answer to the claim has the prompt
/// and the other data, so a short form of the event is enough. It fits into a command line or an
/// environment variable.
public record QueuedRun(URI api, long projectId, UUID taskId, UUID runId, String claimToken) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Reads the event `TaskRun Queued` or its detail.
    ///
    /// @throws IllegalArgumentException with the name of a missing field
    public static QueuedRun parse(String json) {
        try {
            var event = JSON.readTree(json);
            var detail = event.has("detail") ? event.path("detail") : event;
            return new QueuedRun(
                    URI.create(text(detail, "api_url")),
                    Long.parseLong(text(detail, "project_id")),
                    UUID.fromString(text(detail, "task_id")),
                    UUID.fromString(text(detail, "run_id")),
                    text(detail, "claim_token"));
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("The announced run is no JSON.", malformed);
        }
    }

    String path() {
        return "/api/projects/%d/tasks/%s/runs/%s".formatted(projectId, taskId, runId);
    }

    /// Without the token.
    @Override
    public String toString() {
        return "run " + runId;
    }

    private static String text(JsonNode detail, String field) {
        var text = detail.path(field).asText("");
        if (text.isEmpty()) {
            throw new IllegalArgumentException("The announced run has no " + field + ".");
        }
        return text;
    }
}
