package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// How a worker gets a run. Claim tokens, workers' keys and links to the log are signed with the
/// run's secret.
///
/// @param queued when the run was queued last, and how often
/// @param secret never shown
/// @param offered whether a worker may claim the run; false: the client that created it does the
///   work
/// @param claimant the name that the worker gave when it claimed the run; null: not claimed, or no
///   name given
public record RunClaim(
        QueueEntry queued, String secret, boolean offered, @Nullable String claimant) {
    /// The claim of a run that is queued again: tokens and keys of the former entry are invalid.
    RunClaim renewed(Instant now) {
        return new RunClaim(queued.next(now), secret, offered, null);
    }

    RunClaim by(@Nullable String worker) {
        return new RunClaim(queued, secret, offered, worker);
    }
}
