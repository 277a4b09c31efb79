package nightshift.task;

import org.jspecify.annotations.Nullable;

/// What a caller sets of a task.
///
/// @param jsonSchema a JSON Schema object, as text, that the runs' output must satisfy; null: any
///   output will do
/// @param internal whether the task is left out of lists unless asked for
public record TaskSpec(
        String title,
        String description,
        String originProduct,
        @Nullable String repository,
        @Nullable Long githubIntegration,
        @Nullable String jsonSchema,
        boolean internal,
        @Nullable String ciPrompt) {

    /// The same with another wording, as an automation sets it.
    public TaskSpec worded(
            String title, String description, String repository, @Nullable Long githubIntegration) {
        return new TaskSpec(
                title,
                description,
                originProduct,
                repository,
                githubIntegration,
                jsonSchema,
                internal,
                ciPrompt);
    }
}
