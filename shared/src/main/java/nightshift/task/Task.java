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

    /// A new task, which gets its number when it is added.
    ///
    /// @param titled whether the caller chose the title
    public static Task create(
            UUID id,
            long projectId,
            TaskSpec spec,
            boolean titled,
            @Nullable Person createdBy,
            Instant now) {
        return new Task(id, projectId, 0, "", spec, titled, createdBy, null, null, false, now, now);
    }

    /// The task as the task of an automation.
    ///
    /// @param automation null: of none any more
    public Task ofAutomation(@Nullable UUID automation) {
        return copy(
                number, slug, spec, titleManuallySet, automation, latestRunId, deleted, updatedAt);
    }

    /// The task with other words.
    ///
    /// @param titled whether the caller chose the title
    public Task with(TaskSpec changed, boolean titled, Instant now) {
        boolean set = titled || titleManuallySet;
        return copy(number, slug, changed, set, automationId, latestRunId, deleted, now);
    }

    /// The task with its number in the project.
    public Task numbered(long number, String projectName) {
        var slug = slugPrefix(projectName) + "-" + number;
        return copy(
                number,
                slug,
                spec,
                titleManuallySet,
                automationId,
                latestRunId,
                deleted,
                updatedAt);
    }

    /// The task with another latest run.
    public Task withLatestRun(UUID run) {
        return copy(number, slug, spec, titleManuallySet, automationId, run, deleted, updatedAt);
    }

    /// The task as it is after its deletion.
    public Task gone() {
        return copy(
                number, slug, spec, titleManuallySet, automationId, latestRunId, true, updatedAt);
    }

    private Task copy(
            long number,
            String slug,
            TaskSpec spec,
            boolean titleManuallySet,
            @Nullable UUID automationId,
            @Nullable UUID latestRunId,
            boolean deleted,
            Instant updatedAt) {
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
                deleted,
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
