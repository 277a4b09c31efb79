package nightshift.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The logs of runs. A log only grows: nothing that `append` accepted is lost, doubled or
/// reordered.
public interface RunLogs {
    /// Adds the entries at the end of the log: all or none, next to each other, in this order.
    ///
    /// If it throws, the entries may or may not be there, as with any write whose answer was lost.
    ///
    /// @param compact whether the log is to be compacted after this append, however little is new
    void append(RunKey run, List<LogEntry> entries, boolean compact);

    /// The log as it stands now; the log of a run that never logged is empty.
    RunLog open(RunKey run);

    /// Makes the log as it stands now one object. Safe to repeat, at any time and by several at
    /// once.
    void compact(RunKey run);

    /// A link to the log's object, if the object holds the whole log. Writes nothing.
    Optional<PresignedUrl> link(RunKey run, Duration life);

    /// A link that yields the logs of these runs as they stand now, one after the other. Makes them
    /// one object first if they are not. At least one of them must have a log. Empty if the link
    /// cannot be signed.
    Optional<PresignedUrl> url(List<RunKey> chain, Duration life);
}
