package nightshift.run;

/// What the end of a run has done to its automation's count of failures in a row.
///
/// @param earlier failures that the count has left out since the automation was enabled again, and
///   that no success has followed
/// @param before the count before the end
/// @param after the count after it; the same if this end does not count: of a run that somebody
///   started, or that will be retried
/// @param paused whether this end has paused the automation
public record RunStreak(int earlier, int before, int after, boolean paused) {
    /// The streak of a run whose end does not count.
    public static RunStreak unchanged(int earlier, int failures) {
        return new RunStreak(earlier, failures, failures, false);
    }
}
