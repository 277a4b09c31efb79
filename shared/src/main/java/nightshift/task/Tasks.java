package nightshift.task;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// The tasks of all projects.
public interface Tasks {
    /// A part of a list and how long the whole list is.
    record Listed(long count, List<Task> tasks) {}

    /// The task, also a deleted one.
    Optional<Task> find(long projectId, UUID id);

    /// The tasks with these ids, also deleted ones.
    Map<UUID, Task> all(long projectId, Collection<UUID> ids);

    /// The project's tasks that are not deleted, newest first: those that are internal, or those
    /// that are not.
    Listed in(long projectId, boolean internal, int offset, int limit);

    /// Those of [#in] that pass a test. Reads every one of them.
    Listed in(long projectId, boolean internal, Predicate<Task> test, int offset, int limit);

    /// Keeps a new task, and gives it its number and slug.
    Task add(Task task);

    /// Changes a task and, if it is an automation's, the automation with it; repeated until no
    /// other writer came between. Empty: there is no such task, or it is deleted.
    Optional<Task> update(long projectId, UUID id, UnaryOperator<Task> change);

    /// Marks a task as deleted. Answers whether it was there.
    boolean delete(long projectId, UUID id);
}
