package nightshift.automation;

import java.time.Instant;
import java.util.UUID;

/// A retry that an automation has before it.
///
/// @param runId the failed run, which must still be the automation's last one
/// @param scheduledAt the occurrence of both runs
/// @param attempt the number of the run to come, from 2
/// @param at when it starts
public record Retry(UUID runId, Instant scheduledAt, int attempt, Instant at) {}
