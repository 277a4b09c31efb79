package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// The times of a run.
///
/// @param updated the last change
/// @param completed when the first terminal status was set; null: not yet
/// @param touched the last sign of life: a change, an upload, lines of log. While the run waits for
///   a worker: its last announcement
public record RunTimes(
        Instant created, Instant updated, @Nullable Instant completed, Instant touched) {
    static RunTimes startingAt(Instant now) {
        return new RunTimes(now, now, null, now);
    }
}
