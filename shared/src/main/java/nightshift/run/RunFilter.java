package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/// Which runs of a project a list is asked for; null: all.
///
/// @param repository that the run's task names now: the whole name, or without a slash the
///   repository's own
/// @param from none created earlier
/// @param to none created later
public record RunFilter(
        @Nullable RunStatus status,
        @Nullable UUID automationId,
        @Nullable String repository,
        @Nullable Instant from,
        @Nullable Instant to) {

    /// Whether a run of a task with this repository is wanted.
    public boolean isIn(@Nullable String taskRepository) {
        if (repository == null) {
            return true;
        }
        var known = taskRepository == null ? "" : taskRepository.toLowerCase(Locale.ROOT);
        var wanted = repository.toLowerCase(Locale.ROOT);
        return wanted.contains("/") ? known.equals(wanted) : known.endsWith("/" + wanted);
    }
}
