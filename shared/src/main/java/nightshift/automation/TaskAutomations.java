package nightshift.automation;

import nightshift.run.TaskRun;
import nightshift.task.Task;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
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

    /// Those of [#in] that pass a test. Reads every automation of the project.
    Listed in(long projectId, Predicate<TaskAutomation> test, int offset, int limit);

    /// Keeps a new automation together with its task. Answers whether the project had room for it.
    /// Safe to repeat: what is there stays as it is.
    boolean add(TaskAutomation automation, Task task);

    /// Changes an automation and the wording of its task, repeated until no other edit came
    /// between. Empty: no such automation.
    ///
    /// @param change must move the edition
    Optional<TaskAutomation> update(long projectId, UUID id, UnaryOperator<TaskAutomation> change);

    /// Changes an automation's policy, repeated until no other edit of it came between. Empty: no
    /// such automation.
    ///
    /// @param change must change nothing but the policy, and move its edition
    Optional<TaskAutomation> updatePolicy(
            long projectId, UUID id, UnaryOperator<TaskAutomation> change);

    /// Removes an automation; its task stays. Answers whether it was there.
    default boolean remove(long projectId, UUID id) {
        return remove(projectId, id, _ -> {});
    }

    /// The same for an automation that passes a check.
    ///
    /// @param check throws if the automation is not to be removed
    boolean remove(long projectId, UUID id, Consumer<TaskAutomation> check);

    /// Keeps a new run as the automation's last and its task's latest. If the automation's policy
    /// says so, the run before it is cancelled. Empty: no such automation. A run that is there
    /// already changes nothing; the answer is the same.
    ///
    /// @param run makes the run of the automation as it is; called again if another writer came
    ///   between
    Optional<TaskAutomation> start(long projectId, UUID id, Function<TaskAutomation, TaskRun> run);

    /// Notes why the automation cannot do its work, if it is still of this edition; null: it can
    /// again.
    void fail(TaskAutomation automation, @Nullable String error, Instant now);

    /// Corrects the count of the project's automations, which a writer that died may have left too
    /// high. While automations come and go it is left alone. Answers whether it was corrected.
    boolean recount(long projectId);

    /// Every automation of the project, read as the stream is.
    Stream<TaskAutomation> all(long projectId);
}
