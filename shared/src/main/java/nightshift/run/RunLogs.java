package nightshift.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/// The logs of runs: they only ever grow, and nothing that `append` accepted is lost, doubled or
/// reordered.
public interface RunLogs {
    /// Adds the entries at the log's end, all or none, next to each other and in this order.
    ///
    /// A failure says that the entries may or may not be there, as with any write whose answer was
    /// lost.
    ///
    /// @param goesOn notes that a log goes on which was compacted after so many extensions; called
    ///   before anybody can see the entries, and again if a compaction came between
    /// @return what is to be noted with [TaskRuns#logGrown]: the log has come so far that its lines
    ///   so far should be made one object. Mostly nothing, and once for each stretch of a log,
    ///   whoever writes it
    OptionalLong append(RunKey run, List<LogEntry> entries, LongConsumer goesOn);

    /// The log as it stands now; a run that never logged has an empty one.
    RunLog open(RunKey run);

    /// The same of a run of which is noted that the compacted object holds the whole log. To be
    /// read once, and closed.
    RunLog openWhole(RunKey run);

    /// The one or the other.
    default RunLog open(TaskRun run) {
        return run.logWhole() ? openWhole(run.key()) : open(run.key());
    }

    /// The same for who only wants its last lines: nothing is made ready for the next reader of all
    /// of it.
    RunLog openEnd(RunKey run);

    /// Makes the whole log, as it stands now, one object: what is appended later calls its `goesOn`
    /// first. Safe to repeat, at any time and by several at once.
    ///
    /// @param extensions how often the log had gone on, as it was noted before this call
    void compact(RunKey run, long extensions);

    /// Makes the log as it was opened here one object, unless it is. It may go on without a note.
    /// Safe to repeat, at any time and by several at once.
    void compact(RunLog log);

    /// The same for the log as it stands now, unless so little has come since it was last compacted
    /// that the next [#append] to say so is soon enough.
    void compactGrown(RunKey run);

    /// A link that yields the logs of these runs as they stand now, one after the other: makes them
    /// one object unless they are. At least one of them must have a log. Nothing if the link cannot
    /// be signed.
    Optional<PresignedUrl> url(List<RunKey> chain, Duration life);
}
