package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The bytes of logs, in objects. What their order is and how much of an object counts is said
/// elsewhere.
public interface LogObjects {
    /// The first bytes of a run's compacted log.
    record Compacted(RunKey run, long length) {}

    /// Keeps the lines of one append under a name of their own, and returns the name.
    String put(RunKey run, byte[] lines);

    /// The lines kept under a name; none if they have expired.
    byte[] read(String name);

    /// Opens the compacted log; empty if it has expired.
    InputStream open(Compacted log);

    /// The version of a run's compacted log; empty: there is none.
    Optional<String> version(RunKey run);

    /// Replaces the compacted log by its first bytes and the lines that follow them.
    ///
    /// @param version the version to replace; null: there must be none
    /// @return the new version; empty if the present version is another one, and nothing was
    ///   changed
    Optional<String> extend(Compacted log, byte[] lines, @Nullable String version);

    /// A link to a run's compacted log; empty if it cannot be signed.
    Optional<PresignedUrl> url(RunKey run, Duration life);

    /// The object that joins the compacted logs of runs, under the name of the last run; empty:
    /// there is none.
    Optional<Joined> joined(RunKey last);

    /// An object that joins logs.
    ///
    /// @param contents as [#contents] says it
    record Joined(String version, String contents) {}

    /// Says in a few words which logs an object joins, and how much of each.
    static String contents(List<Compacted> logs) {
        return logs.stream()
                .map(log -> log.run().runId() + "/" + log.length())
                .collect(Collectors.joining(" "));
    }

    /// Writes compacted logs one after the other into the object that joins them.
    ///
    /// @param version the version to replace; null: there must be none
    /// @return false if the present version is another one, and nothing was changed
    boolean join(RunKey last, List<Compacted> logs, @Nullable String version);

    /// A link to the joined logs; empty if it cannot be signed.
    Optional<PresignedUrl> joinedUrl(RunKey last, Duration life);
}
