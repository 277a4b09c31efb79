package nightshift.task;

import org.jspecify.annotations.Nullable;

import java.util.UUID;

/// The creator of a task.
public record Person(
        long id,
        UUID uuid,
        String distinctId,
        String firstName,
        String lastName,
        @Nullable String email) {}
