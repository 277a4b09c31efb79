package nightshift.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The logs of runs: they only ever grow, and nothing that `append` accepted is lost, doubled or
/// reordered.
public interface RunLogs {
    /// Adds the entries at the log's end, all or none, next to each other and in this order.
    ///
    /// A failure says that the entries may or may not be there, as with any write whose answer was
    /// lost.
    void append(RunKey run, List<LogEntry> entries);

    /// The log as it stands now; a run that never logged has an empty one.
    RunLog open(RunKey run);

    /// The same for who only wants its last lines: nothing is made ready for the next reader of all
    /// of it.
    RunLog openEnd(RunKey run);

    /// Makes the whole log, as it stands now, one object. Safe to repeat, at any time and by
    /// several at once.
    void compact(RunKey run);

    /// A link that yields the logs of these runs as they stand now, one after the other: makes them
    /// one object unless they are. At least one of them must have a log. Nothing if the link cannot
    /// be signed.
    Optional<PresignedUrl> url(List<RunKey> chain, Duration life);
}
