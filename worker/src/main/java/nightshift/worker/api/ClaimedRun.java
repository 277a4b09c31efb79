package nightshift.worker.api;

import com.fasterxml.jackson.databind.JsonNode;

/// The answer to a claim: the data of the run and its task that a worker needs.
///
/// @param prompt the task's description
/// @param repository `organization/repository`, or empty
/// @param branch a branch, a tag or a commit id, or empty for the default branch
/// @param jsonSchema the schema of the task's output, or empty
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
