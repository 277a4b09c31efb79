package nightshift.automation;

import nightshift.run.TaskRun;
import nightshift.task.Task;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The automations of all projects.
public interface TaskAutomations {
    /// A part of a list and how long the whole list is.
    record Listed(long count, List<TaskAutomation> automations) {}

    Optional<TaskAutomation> find(long projectId, UUID id);

    /// The project's automations by name (ignoring case, then by code point), then newest first,
    /// then by id.
    Listed in(long projectId, int offset, int limit);

    /// Keeps a new automation together with its task. Answers whether the project had room for it.
    boolean add(TaskAutomation automation, Task task);

    /// Changes an automation and the wording of its task, repeated until no other edit came
    /// between. Empty: no such automation.
    ///
    /// @param change must move the edition
    Optional<TaskAutomation> update(long projectId, UUID id, UnaryOperator<TaskAutomation> change);

    /// Removes an automation; its task stays. Answers whether it was there.
    boolean remove(long projectId, UUID id);

    /// Keeps a new run as the automation's last and its task's latest. Empty: no such automation.
    ///
    /// @param run makes the run of the automation as it is; called again if another writer came
    ///   between
    Optional<TaskAutomation> start(long projectId, UUID id, Function<TaskAutomation, TaskRun> run);

    /// Notes why the automation cannot do its work, if it is still of this edition; null: it can
    /// again.
    void fail(TaskAutomation automation, @Nullable String error, Instant now);

    /// Every automation of every project, read as the stream is.
    Stream<TaskAutomation> all();
}
