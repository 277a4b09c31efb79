package nightshift.run;

import java.time.Instant;

/// When a run was queued. Claim tokens and workers' keys are valid for one entry.
///
/// @param number 0 for a run's first entry, and one more for each time it is queued again or goes
///   on after its end
/// @param at when the run was queued
public record QueueEntry(long number, Instant at) {
    QueueEntry next(Instant now) {
        return new QueueEntry(number + 1, now);
    }
}
