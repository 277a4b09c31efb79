package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The runs of all tasks.
public interface TaskRuns {
    /// What one transaction can add.
    int MOST_ARTIFACTS_AT_ONCE = 99;

    /// A part of a list and how long the whole list is.
    record Listed(long count, List<TaskRun> runs) {}

    /// The run with its manifest.
    Optional<TaskRun> find(RunKey key);

    /// These runs of one project, in any order; those that do not exist are left out.
    List<TaskRun> all(List<RunKey> keys);

    /// The task's runs, newest first.
    Listed of(long projectId, UUID taskId, int offset, int limit);

    /// Runs of a project, newest first, without their manifests.
    Listed in(long projectId, RunFilter filter, int offset, int limit);

    /// The keys of a project's runs with a status and a stage; null: any. A run that was changed a
    /// moment ago may be missing or listed as it was.
    List<RunKey> keys(long projectId, @Nullable RunStatus status, @Nullable String stage);

    /// Keeps a new run, which becomes its task's latest unless that has a greater id. Empty: there
    /// is no such task.
    ///
    /// @param run makes the run; called again if another writer came between
    Optional<TaskRun> add(Supplier<TaskRun> run);

    /// Changes a run, repeated until no other writer came between. The automation that started it
    /// follows in the same transaction as [nightshift.automation.RunEffect] says, and its
    /// occurrence shows how the run has ended. Empty: no such run.
    ///
    /// @param change must not change key, automation or manifest
    Optional<TaskRun> update(RunKey key, UnaryOperator<TaskRun> change);

    /// Counts the failure of a run whose retry was dropped, unless it is counted already, is over,
    /// or another run of its occurrence was started. Answers the run as it is then; empty: no such
    /// run.
    Optional<TaskRun> countFailure(RunKey key, Instant now);

    /// Adds entries to a run's manifest, all or none; an entry whose storage path is there already
    /// is left as it is. Answers the run as it is then; empty: no such run.
    ///
    /// @param artifacts at most [#MOST_ARTIFACTS_AT_ONCE]
    Optional<TaskRun> addArtifacts(RunKey key, List<Artifact> artifacts, Instant now);

    /// The manifest entry with this storage path, in one look.
    Optional<Artifact> artifact(RunKey key, String storagePath);

    /// Notes that a run is alive, at most once in a while. Does nothing to a run that waits for a
    /// worker.
    void touch(TaskRun run, Instant now);

    /// Notes that a run that waits for a worker was announced; a run that waits no more stays as it
    /// is.
    void announced(RunKey key, Instant now);

    /// The runs with this lease that nothing has touched since `before`, longest untouched first,
    /// read as the stream goes on. A run that was changed a moment ago may be missing or listed as
    /// it was.
    Stream<RunKey> untouched(Lease lease, Instant before);
}
