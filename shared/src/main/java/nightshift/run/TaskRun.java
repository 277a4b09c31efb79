package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// One attempt at a task.
///
/// @param artifacts the manifest, oldest first
/// @param automationId the automation that the run is of; null: none
/// @param startedBy [#SCHEDULE], [#RETRY], or the caller in words; null: the run is older than this
///   field
/// @param occurrence the occurrence that the run belongs to; null: a caller started it
/// @param streak what its end has done to its automation; null: it has not ended, or has none
public record TaskRun(
        RunKey key,
        RunStatus status,
        RunPlace place,
        RunReport report,
        List<Artifact> artifacts,
        @Nullable UUID automationId,
        @Nullable String startedBy,
        RunClaim claim,
        RunTimes times,
        @Nullable RunOccurrence occurrence,
        @Nullable RunStreak streak) {
    public static final String SCHEDULE = "schedule";
    public static final String RETRY = "retry";

    /// A new run.
    ///
    /// @param state a JSON object, as text
    public static TaskRun start(
            RunKey key,
            RunStatus status,
            RunEnvironment environment,
            @Nullable String branch,
            String state,
            @Nullable UUID automationId,
            @Nullable RunOccurrence occurrence,
            @Nullable String startedBy,
            String secret,
            Instant now) {
        return new TaskRun(
                key,
                status,
                new RunPlace(environment, null, branch),
                new RunReport(null, null, state),
                List.of(),
                automationId,
                startedBy,
                new RunClaim(new QueueEntry(0, now), secret, true, null),
                RunTimes.startingAt(now),
                occurrence,
                null);
    }

    public UUID id() {
        return key.runId();
    }

    /// The same new run with another id.
    public TaskRun withId(UUID id) {
        return new TaskRun(
                new RunKey(key.projectId(), key.taskId(), id),
                status,
                place,
                report,
                artifacts,
                automationId,
                startedBy,
                claim,
                times,
                occurrence,
                streak);
    }

    /// The same new run for the client that creates it: no worker hears of it.
    public TaskRun forItsClient() {
        var kept = new RunClaim(claim.queued(), claim.secret(), false, null);
        return copy(status, place, report, artifacts, kept, times, streak);
    }

    /// Whether the run waits for a worker to claim it.
    public boolean waits() {
        return status == RunStatus.QUEUED
                && place.environment() == RunEnvironment.CLOUD
                && claim.offered();
    }

    /// The run with another status. The first terminal status sets the time of completion, and
    /// nothing clears it. A run that is queued again, or continues after its end, gets a new entry
    /// in the queue: the tokens and keys of the former entry are invalid.
    public TaskRun with(RunStatus changed, Instant now) {
        boolean queuedAgain = changed == RunStatus.QUEUED && status != RunStatus.QUEUED;
        boolean reopened = status.terminal() && !changed.terminal();
        boolean ends = times.completed() == null && changed.terminal();
        var changedTimes =
                new RunTimes(
                        times.created(),
                        now,
                        ends ? now : times.completed(),
                        waits() && changed == status ? times.touched() : now);
        return copy(
                changed,
                place,
                report,
                artifacts,
                queuedAgain || reopened ? claim.renewed(now) : claim,
                changedTimes,
                streak);
    }

    /// The run after a worker has claimed it.
    ///
    /// @param worker the worker's name; null: it gave none
    public TaskRun claimedBy(@Nullable String worker, Instant now) {
        var claimed = new RunTimes(times.created(), now, times.completed(), now);
        return copy(
                RunStatus.IN_PROGRESS, place, report, artifacts, claim.by(worker), claimed, streak);
    }

    /// The run after another run has taken its place.
    public TaskRun replaced(Instant now) {
        return with(RunStatus.CANCELLED, now)
                .withErrorMessage("Cancelled: the automation has started another run.");
    }

    public TaskRun with(RunPlace changed) {
        return copy(status, changed, report, artifacts, claim, times, streak);
    }

    public TaskRun with(RunTimes changed) {
        return copy(status, place, report, artifacts, claim, changed, streak);
    }

    public TaskRun with(RunStreak changed) {
        return copy(status, place, report, artifacts, claim, times, changed);
    }

    public TaskRun withErrorMessage(@Nullable String message) {
        return with(new RunReport(message, report.output(), report.state()));
    }

    public TaskRun withOutput(@Nullable String output) {
        return with(new RunReport(report.errorMessage(), output, report.state()));
    }

    public TaskRun withState(String state) {
        return with(new RunReport(report.errorMessage(), report.output(), state));
    }

    public TaskRun withArtifacts(List<Artifact> changed) {
        return copy(status, place, report, List.copyOf(changed), claim, times, streak);
    }

    private TaskRun with(RunReport changed) {
        return copy(status, place, changed, artifacts, claim, times, streak);
    }

    private TaskRun copy(
            RunStatus status,
            RunPlace place,
            RunReport report,
            List<Artifact> artifacts,
            RunClaim claim,
            RunTimes times,
            @Nullable RunStreak streak) {
        return new TaskRun(
                key,
                status,
                place,
                report,
                artifacts,
                automationId,
                startedBy,
                claim,
                times,
                occurrence,
                streak);
    }
}
