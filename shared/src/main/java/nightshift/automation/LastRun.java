package nightshift.automation;

import nightshift.run.RunStatus;

import java.time.Instant;
import java.util.UUID;

/// The run that an automation started last, and how it stands now.
///
/// @param at when the run was created
public record LastRun(UUID id, Instant at, RunStatus status) {}
