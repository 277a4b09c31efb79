package nightshift.run;

import java.io.InputStream;
import java.time.Instant;

/// A run's log at one moment: a prefix of every later one.
public interface RunLog extends AutoCloseable {
    /// How many entries it holds.
    long entries();

    /// How long it is, known before any of it is read.
    long bytes();

    /// All of it: JSON lines, each ended by a line feed.
    InputStream lines();

    /// The end of it, with every entry later than `after` and perhaps some earlier ones, at a cost
    /// that follows what is read and not what is skipped.
    InputStream linesSince(Instant after);

    /// Lets go of what was opened and not read.
    @Override
    default void close() {}
}
