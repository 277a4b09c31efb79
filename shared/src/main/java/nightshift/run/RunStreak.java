package nightshift.run;

/// What the end of a run has done to its automation's count of failures in a row.
///
/// @param before the count before the end
/// @param after the count after it; the same if this end does not count: of a run that somebody
///   started, or that will be retried
/// @param paused whether this end has paused the automation
public record RunStreak(int before, int after, boolean paused) {}
