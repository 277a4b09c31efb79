package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.automation.AutomationSpec;
import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.NewRun;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.RunOccurrence;
import nightshift.run.TaskRun;
import nightshift.text.IsoTime;
import nightshift.text.UuidText;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;

/// What a schedule invokes, at least once for each occurrence. The row alone decides: whether the
/// automation is there, enabled and has this occurrence, and what its policy says of a last run
/// that has not ended. An occurrence ends in one record of the ledger and starts at most one run. A
/// one-time schedule asks for a further run of an occurrence ([RetryOccurrence]).
///
/// The scheduled minute is believed while the row still has the expression and the zone that the
/// schedule was made from: the time zone data of AWS and of the JDK can differ for months.
public final class FireTaskAutomation extends Operation {
    static final int ATTEMPTS = 50;
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);
    private final TaskAutomations automations;
    private final Occurrences occurrences;
    private final RetryOccurrence retries;
    private final Clock clock;
    private final Duration tolerance;

    /// What the schedule was made from; null: the function was invoked by hand.
    private record MadeFrom(@Nullable String cronExpression, @Nullable String timezone) {
        boolean isOf(AutomationSpec spec) {
            return spec.cron().text().equals(cronExpression)
                    && spec.timezone().name().equals(timezone);
        }
    }

    /// The function as Lambda makes it.
    public FireTaskAutomation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public FireTaskAutomation(Wiring wiring) {
        this.automations = wiring.automations();
        this.occurrences = wiring.occurrences();
        this.retries = new RetryOccurrence(wiring);
        this.clock = wiring.clock();
        this.tolerance = wiring.tolerance();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var projectId = input.integer("project_id", 1, Long.MAX_VALUE);
        var automationId = id(input, "automation_id");
        Log.about(Map.of("project", projectId, "automation", automationId));
        var scheduledAt = scheduledAt(input);
        if (input.has("attempt")) {
            return retries.perform(
                    projectId,
                    automationId,
                    id(input, "failed_run_id"),
                    input.integer("attempt", 2, Integer.MAX_VALUE));
        }
        var madeFrom = madeFrom(input);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var now = clock.instant();
            var automation = automations.find(projectId, automationId).orElse(null);
            var outcome = outcome(automation, madeFrom, scheduledAt, now);
            var run =
                    automation == null || outcome != Outcome.STARTED
                            ? null
                            : NewRun.of(
                                    automation,
                                    new RunOccurrence(scheduledAt, 1),
                                    TaskRun.SCHEDULE,
                                    now);
            var occurrence =
                    new Occurrence(
                            projectId,
                            automationId,
                            scheduledAt,
                            outcome,
                            run == null ? inTheWay(automation, outcome) : run.id(),
                            1,
                            Duration.between(scheduledAt, now),
                            now);
            var recorded =
                    automation == null || run == null
                            ? occurrences.record(occurrence, automation)
                            : occurrences.start(automation, run, occurrence);
            switch (recorded) {
                case NOW -> {
                    if (run != null) Log.with("run", run.id());
                    measure(occurrence);
                    return answer(outcome.text(), run);
                }
                case BEFORE -> {
                    return answer("repeated", null);
                }
                case OUTDATED ->
                        Log.info("automation changed while it fired", Map.of("attempt", attempt));
            }
        }
        throw new IllegalStateException("the automation changes faster than it can fire");
    }

    private Outcome outcome(
            @Nullable TaskAutomation automation,
            MadeFrom madeFrom,
            Instant scheduledAt,
            Instant now) {
        if (automation == null) {
            return Outcome.DELETED;
        }
        if (!automation.spec().enabled()) {
            return Outcome.PAUSED;
        }
        var spec = automation.spec();
        if (!madeFrom.isOf(spec) && !spec.cron().occursAt(scheduledAt, spec.timezone())) {
            return Outcome.SUPERSEDED;
        }
        if (now.isAfter(scheduledAt.plus(tolerance))) {
            return Outcome.STALE;
        }
        return automation.policy().overlap() == Overlap.SKIP && automation.isRunning()
                ? Outcome.OVERLAP_SKIPPED
                : Outcome.STARTED;
    }

    /// The run because of which an occurrence is skipped; null: it is not.
    private static @Nullable UUID inTheWay(@Nullable TaskAutomation automation, Outcome outcome) {
        var last = automation == null ? null : automation.lastRun();
        return outcome == Outcome.OVERLAP_SKIPPED && last != null ? last.id() : null;
    }

    private void measure(Occurrence occurrence) {
        Log.metric(
                clock,
                "Occurrences",
                1,
                "Count",
                Map.entry("Outcome", occurrence.outcome().text()));
        Log.metric(
                clock,
                "OccurrenceLateness",
                (double) occurrence.late().toMillis(),
                "Milliseconds",
                null);
    }

    static ObjectNode answer(String outcome, @Nullable TaskRun run) {
        return Json.object()
                .put("outcome", outcome)
                .put("run_id", run == null ? null : run.id().toString());
    }

    private static MadeFrom madeFrom(Fields input) {
        return new MadeFrom(
                input.text("cron_expression", TextRule.filled().orNull(), null),
                input.text("timezone", TextRule.filled().orNull(), null));
    }

    private static UUID id(Fields input, String field) {
        var id = input.text(field, TextRule.filled());
        if (!UuidText.matches(id)) {
            throw input.refuse(field, "invalid_input", "Must be a valid UUID.");
        }
        return UUID.fromString(id);
    }

    private Instant scheduledAt(Fields input) {
        var scheduledAt = IsoTime.parseOrNull(input.text("scheduled_time", TextRule.filled()));
        if (scheduledAt == null || scheduledAt.isAfter(clock.instant().plus(CLOCK_SKEW))) {
            throw input.refuse(
                    "scheduled_time",
                    "invalid_input",
                    "A time in ISO 8601 that has come is required.");
        }
        return scheduledAt.truncatedTo(ChronoUnit.MINUTES);
    }
}
