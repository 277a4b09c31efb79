package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/// A minute at which an automation should run, and what became of it. Identified by automation and
/// minute.
///
/// @param scheduledAt the minute
/// @param runId the run that was started; null: none
/// @param deliveries how many firings of this occurrence were seen
/// @param late how long after the minute the first of them came; zero if none came
/// @param recordedAt when the outcome was decided
public record Occurrence(
        long projectId,
        UUID automationId,
        Instant scheduledAt,
        Outcome outcome,
        @Nullable UUID runId,
        long deliveries,
        Duration late,
        Instant recordedAt) {}
