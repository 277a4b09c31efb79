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

    /// A task of these words and nothing else.
    public static TaskSpec of(String title, String description, String originProduct) {
        return new TaskSpec(title, description, originProduct, null, null, null, false, null);
    }

    /// The same with another title.
    public TaskSpec titled(String title) {
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

    /// The same with other words and another repository, as an automation sets them.
    public TaskSpec worded(
            String title,
            String description,
            @Nullable String repository,
            @Nullable Long githubIntegration) {
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
