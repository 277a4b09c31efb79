package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// One line of a run's log: a JSON object without line breaks, and the time it names, if it names a
/// readable one.
public record LogEntry(String json, @Nullable Instant timestamp) {}
