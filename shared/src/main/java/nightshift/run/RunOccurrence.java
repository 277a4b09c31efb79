package nightshift.run;

import java.time.Instant;

/// The occurrence of an automation that a run belongs to.
///
/// @param scheduledAt the minute
/// @param attempt the number of the run among those of the occurrence, from 1
public record RunOccurrence(Instant scheduledAt, int attempt) {}
