package nightshift.task;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/// A piece of work for an agent. Its runs do it; an automation repeats it.
///
/// @param number counts the project's tasks from 0
/// @param slug a short readable name made of the project's name and the number
/// @param automationId the automation whose task this is; null: none, or deleted since
/// @param latestRunId the run with the greatest creation time; null: none yet
/// @param deleted whether the task is gone from lists and from retrieval; its runs stay
public record Task(
        UUID id,
        long projectId,
        long number,
        String slug,
        TaskSpec spec,
        boolean titleManuallySet,
        @Nullable Person createdBy,
        @Nullable UUID automationId,
        @Nullable UUID latestRunId,
        boolean deleted,
        Instant createdAt,
        Instant updatedAt) {

    /// The task with another wording.
    ///
    /// @param titled whether the caller chose the title
    public Task with(TaskSpec changed, boolean titled, Instant now) {
        return new Task(
                id,
                projectId,
                number,
                slug,
                changed,
                titled || titleManuallySet,
                createdBy,
                automationId,
                latestRunId,
                deleted,
                createdAt,
                now);
    }

    /// The task with its place in the project's count.
    public Task numbered(long number, String projectName) {
        return new Task(
                id,
                projectId,
                number,
                slugPrefix(projectName) + "-" + number,
                spec,
                titleManuallySet,
                createdBy,
                automationId,
                latestRunId,
                deleted,
                createdAt,
                updatedAt);
    }

    /// The task as it is after its deletion.
    public Task gone() {
        return new Task(
                id,
                projectId,
                number,
                slug,
                spec,
                titleManuallySet,
                createdBy,
                automationId,
                latestRunId,
                true,
                createdAt,
                updatedAt);
    }

    /// The first three capitals of a project's name; else its first three letters or digits; else
    /// `TSK`.
    static String slugPrefix(String projectName) {
        var capitals = projectName.replaceAll("[^\\p{Lu}]", "");
        var letters = projectName.replaceAll("[^\\p{L}\\p{N}]", "").toUpperCase(Locale.ROOT);
        return capitals.length() >= 3
                ? capitals.substring(0, 3)
                : letters.isEmpty() ? "TSK" : letters.substring(0, Math.min(3, letters.length()));
    }
}
