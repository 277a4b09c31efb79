package nightshift.worker.api;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The answer to a claim: the data of the run and its task that a worker needs.
///
/// @param prompt the task's description
/// @param repository `organization/repository`, or empty
/// @param branch a branch, a tag or a commit id, or empty for the default branch
/// @param jsonSchema the schema of the task's output, or empty
/// @param resumeFromRunId the run to continue, or empty
/// @param timeLimit of the automation's policy, or null
/// @param environment variables of the automation's policy for the command
public record ClaimedRun(
        String prompt,
        String repository,
        String branch,
        String jsonSchema,
        String resumeFromRunId,
        @Nullable Duration timeLimit,
        Map<String, String> environment) {
    private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");
    private static final Pattern RESERVED = Pattern.compile("NIGHTSHIFT_.*|AWS_.*|LD_.*|PATH");

    static ClaimedRun read(JsonNode answer) {
        var task = answer.path("task");
        var run = answer.path("run");
        var schema = task.path("json_schema");
        return new ClaimedRun(
                task.path("description").asText(""),
                task.path("repository").asText(""),
                run.path("branch").asText(""),
                schema.isObject() ? schema.toString() : "",
                run.path("state").path("resume_from_run_id").asText(""),
                timeLimit(answer.path("policy").path("time_limit_seconds")),
                environment(answer.path("policy").path("environment")));
    }

    private static @Nullable Duration timeLimit(JsonNode seconds) {
        return seconds.isIntegralNumber() ? Duration.ofSeconds(seconds.asLong()) : null;
    }

    /// The API has checked the names. A worker does not rely on it.
    private static Map<String, String> environment(JsonNode sent) {
        var variables = new HashMap<String, String>();
        for (var variable : sent.properties()) {
            var name = variable.getKey();
            var value = variable.getValue().asText();
            if (VARIABLE.matcher(name).matches()
                    && !RESERVED.matcher(name).matches()
                    && value.indexOf('\0') < 0) {
                variables.put(name, value);
            }
        }
        return Map.copyOf(variables);
    }
}
