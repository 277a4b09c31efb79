package nightshift.automation;

import nightshift.run.RunStatus;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/// A minute at which an automation should run, and what became of it. Identified by automation and
/// minute.
///
/// @param scheduledAt the minute
/// @param runId the run that was started, of several the latest; of an occurrence that was skipped
///   because of a run that had not ended, that run; null: none
/// @param deliveries how many firings of this occurrence were seen
/// @param late how long after the minute the first of them came; zero if none came
/// @param recordedAt when the outcome was decided; null: it is computed and not recorded yet
/// @param attempt the number of the latest run, from 1; 0: none was started
/// @param runStatus how that run has ended; null: it has not
public record Occurrence(
        long projectId,
        UUID automationId,
        Instant scheduledAt,
        Outcome outcome,
        @Nullable UUID runId,
        long deliveries,
        Duration late,
        @Nullable Instant recordedAt,
        int attempt,
        @Nullable RunStatus runStatus) {

    /// An occurrence as it is first recorded.
    public Occurrence(
            long projectId,
            UUID automationId,
            Instant scheduledAt,
            Outcome outcome,
            @Nullable UUID runId,
            long deliveries,
            Duration late,
            @Nullable Instant recordedAt) {
        this(
                projectId,
                automationId,
                scheduledAt,
                outcome,
                runId,
                deliveries,
                late,
                recordedAt,
                outcome == Outcome.STARTED ? 1 : 0,
                null);
    }

    /// What a list of outcomes shows: the outcome, or how the run has ended.
    public String shown() {
        return runStatus == null ? outcome.text() : runStatus.text();
    }
}
