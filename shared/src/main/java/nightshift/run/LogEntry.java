package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// One line of a run's log.
///
/// @param json a JSON object without line breaks
/// @param timestamp the time that the object names; null: none, or not a readable one
public record LogEntry(String json, @Nullable Instant timestamp) {}
