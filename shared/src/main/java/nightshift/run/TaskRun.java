package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// One attempt at a task: what was asked, how it stands, what it left.
///
/// @param output any JSON, as text; null: none
/// @param state a JSON object, as text
/// @param artifacts the manifest, oldest first
/// @param automationId the automation that started the run; null: somebody did
/// @param queued when the run was queued, and for the how many-th time
/// @param secret signs the links to the run's log that open without a key; never shown
/// @param claimant what the worker that claimed the run calls itself; null: none has, or it did not
///   say
/// @param completedAt when the first terminal status was set; null: not yet
/// @param touchedAt the last sign of life: a change, an upload, lines of log. While the run waits
///   for a worker: when it was announced last
public record TaskRun(
        RunKey key,
        RunStatus status,
        RunEnvironment environment,
        @Nullable String stage,
        @Nullable String branch,
        @Nullable String errorMessage,
        @Nullable String output,
        String state,
        List<Artifact> artifacts,
        @Nullable UUID automationId,
        QueueEntry queued,
        String secret,
        @Nullable String claimant,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant completedAt,
        Instant touchedAt) {

    /// A run as it is when it is made.
    public static TaskRun start(
            RunKey key,
            RunStatus status,
            RunEnvironment environment,
            @Nullable String branch,
            String state,
            @Nullable UUID automationId,
            String secret,
            Instant now) {
        return new TaskRun(
                key,
                status,
                environment,
                null,
                branch,
                null,
                null,
                state,
                List.of(),
                automationId,
                new QueueEntry(0, now),
                secret,
                null,
                now,
                now,
                null,
                now);
    }

    public UUID id() {
        return key.runId();
    }

    /// Whether the run waits for a worker to claim it.
    public boolean waits() {
        return status == RunStatus.QUEUED && environment == RunEnvironment.CLOUD;
    }

    /// The run with another status. The first terminal one sets the time of completion, and nothing
    /// clears it. A run that is queued again, or goes on after its end, has a new entry in the
    /// queue: whatever a worker had for the former one is invalid.
    public TaskRun with(RunStatus changed, Instant now) {
        boolean queuedAgain = changed == RunStatus.QUEUED && status != RunStatus.QUEUED;
        boolean reopened = status.terminal() && !changed.terminal();
        boolean renewed = queuedAgain || reopened;
        var ended = completedAt == null && changed.terminal() ? now : completedAt;
        return new TaskRun(
                key,
                changed,
                environment,
                stage,
                branch,
                errorMessage,
                output,
                state,
                artifacts,
                automationId,
                renewed ? queued.next(now) : queued,
                secret,
                renewed ? null : claimant,
                createdAt,
                now,
                ended,
                waits() && changed == status ? touchedAt : now);
    }

    /// The run in the hands of a worker.
    public TaskRun claimedBy(@Nullable String claimant, Instant now) {
        return new TaskRun(
                key,
                RunStatus.IN_PROGRESS,
                environment,
                stage,
                branch,
                errorMessage,
                output,
                state,
                artifacts,
                automationId,
                queued,
                secret,
                claimant,
                createdAt,
                now,
                completedAt,
                now);
    }

    public TaskRun withWhereabouts(
            @Nullable String stage, @Nullable String branch, RunEnvironment environment) {
        return new TaskRun(
                key,
                status,
                environment,
                stage,
                branch,
                errorMessage,
                output,
                state,
                artifacts,
                automationId,
                queued,
                secret,
                claimant,
                createdAt,
                updatedAt,
                completedAt,
                touchedAt);
    }

    public TaskRun withErrorMessage(@Nullable String errorMessage) {
        return new TaskRun(
                key,
                status,
                environment,
                stage,
                branch,
                errorMessage,
                output,
                state,
                artifacts,
                automationId,
                queued,
                secret,
                claimant,
                createdAt,
                updatedAt,
                completedAt,
                touchedAt);
    }

    public TaskRun withOutput(@Nullable String output) {
        return new TaskRun(
                key,
                status,
                environment,
                stage,
                branch,
                errorMessage,
                output,
                state,
                artifacts,
                automationId,
                queued,
                secret,
                claimant,
                createdAt,
                updatedAt,
                completedAt,
                touchedAt);
    }

    public TaskRun withState(String state) {
        return new TaskRun(
                key,
                status,
                environment,
                stage,
                branch,
                errorMessage,
                output,
                state,
                artifacts,
                automationId,
                queued,
                secret,
                claimant,
                createdAt,
                updatedAt,
                completedAt,
                touchedAt);
    }

    public TaskRun withArtifacts(List<Artifact> artifacts) {
        return new TaskRun(
                key,
                status,
                environment,
                stage,
                branch,
                errorMessage,
                output,
                state,
                List.copyOf(artifacts),
                automationId,
                queued,
                secret,
                claimant,
                createdAt,
                updatedAt,
                completedAt,
                touchedAt);
    }
}
