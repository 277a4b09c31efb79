package nightshift.automation;

import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The ledger: every occurrence that reached us, and those that should have and did not, in one
/// record each.
public interface Occurrences {
    /// A part of a list and how long the whole list is.
    ///
    /// @param automation whose list it is, as read with it; null: the list is not of one
    record Listed(long count, List<Occurrence> occurrences, @Nullable TaskAutomation automation) {
        public Listed(long count, List<Occurrence> occurrences) {
            this(count, occurrences, null);
        }
    }

    /// How an attempt to record an occurrence went.
    enum Recorded {
        /// It is recorded now.
        NOW,
        /// It was recorded before; this delivery was counted.
        BEFORE,
        /// The automation is not what the outcome was decided on; decide again.
        OUTDATED
    }

    /// Records a started occurrence and its run, which becomes the automation's last, all in one
    /// transaction. If the automation's policy says so, the last run is cancelled in it.
    Recorded start(TaskAutomation automation, TaskRun run, Occurrence occurrence);

    /// Records the run that repeats an occurrence after the automation's last run failed, all in
    /// one transaction.
    ///
    /// @param automation with a retry to come
    Recorded retry(TaskAutomation automation, TaskRun run);

    /// Records an occurrence that started nothing. If a run was in the way, it must be the
    /// automation's last one still, and not have ended.
    ///
    /// @param automation on which the outcome was decided; null: there was none
    Recorded record(Occurrence occurrence, @Nullable TaskAutomation automation);

    /// How long an occurrence is kept.
    Duration kept();

    /// The automation's occurrences, newest first; empty: no such automation, whatever became of
    /// one that was.
    ///
    /// @param outcome only these; null: all
    /// @param since none earlier than this
    Optional<Listed> of(
            long projectId,
            UUID automationId,
            @Nullable Outcome outcome,
            Instant since,
            int offset,
            int limit);

    /// All of them that are still kept.
    default Optional<Listed> of(
            long projectId, UUID automationId, @Nullable Outcome outcome, int offset, int limit) {
        return of(projectId, automationId, outcome, Instant.EPOCH, offset, limit);
    }

    /// The occurrences between two minutes, both included, newest first.
    ///
    /// @param automationId null: of all automations, also of those that are gone
    List<Occurrence> between(long projectId, @Nullable UUID automationId, Instant from, Instant to);

    /// The newest recorded occurrences of an automation as it was read, newest first: as many as
    /// [RecentOutcomes#MOST], each at least with its minute, its outcome and how its run has ended.
    List<Occurrence> newest(TaskAutomation automation);

    /// A page of those between two minutes, both included, newest first.
    ///
    /// @param outcome only these; null: all
    Listed in(
            long projectId,
            @Nullable UUID automationId,
            @Nullable Outcome outcome,
            Instant from,
            Instant to,
            int offset,
            int limit);

    /// The minutes from `from` on and before `to` that are recorded.
    List<Instant> recorded(long projectId, UUID automationId, Instant from, Instant to);
}
