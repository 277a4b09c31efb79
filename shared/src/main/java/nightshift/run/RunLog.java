package nightshift.run;

import java.io.InputStream;
import java.time.Instant;

/// A run's log at one moment: a prefix of the log at every later moment.
public interface RunLog {
    /// The number of entries.
    long entries();

    /// The length of all lines. Nothing is read to answer it.
    long bytes();

    /// All lines: JSON, each ended by a line feed.
    InputStream lines();

    /// The end of the log: every entry later than `after`, and perhaps some earlier ones. Costs
    /// what it returns, however long the log is.
    InputStream linesSince(Instant after);
}
