package nightshift.worker.api;

import com.fasterxml.jackson.databind.JsonNode;

/// What the claim's answer says about the run and its task: all that a worker needs of them.
///
/// @param prompt the task's description
/// @param repository `organization/repository`, or empty
/// @param branch a branch, a tag or a commit id; empty: the repository's own
/// @param jsonSchema what the task's output must satisfy; empty: anything
/// @param resumeFromRunId the run to continue, or empty
public record ClaimedRun(
        String prompt,
        String repository,
        String branch,
        String jsonSchema,
        String resumeFromRunId) {
    static ClaimedRun read(JsonNode answer) {
        var task = answer.path("task");
        var run = answer.path("run");
        var schema = task.path("json_schema");
        return new ClaimedRun(
                task.path("description").asText(""),
                task.path("repository").asText(""),
                run.path("branch").asText(""),
                schema.isObject() ? schema.toString() : "",
                run.path("state").path("resume_from_run_id").asText(""));
    }
}
