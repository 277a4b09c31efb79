package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.automation.AutomationSpec;
import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.NewRun;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.TaskRun;
import nightshift.text.IsoTime;
import nightshift.text.UuidText;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;

/// What a schedule invokes, at least once for each occurrence. The row alone decides: whether the
/// automation is there, enabled and has this occurrence. An occurrence ends in one record of the
/// ledger and starts at most one run.
///
/// The scheduled minute is believed while the row still has the expression and the zone that the
/// schedule was made from: the time zone data of AWS and of the JDK can differ for months.
public final class FireTaskAutomation extends Operation {
    private static final int ATTEMPTS = 50;
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);
    private static final DateTimeFormatter TRIGGER_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd-HH-mm").withZone(ZoneOffset.UTC);

    private final TaskAutomations automations;
    private final Occurrences occurrences;
    private final Clock clock;
    private final Duration tolerance;

    /// What the schedule was made from; null: an older schedule, which does not say.
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
        this.clock = wiring.clock();
        this.tolerance = wiring.tolerance();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var projectId = input.integer("project_id", 1, Long.MAX_VALUE);
        var automationId = automationId(input);
        Log.about(Map.of("project", projectId, "automation", automationId));
        var scheduledAt = scheduledAt(input);
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
                                    trigger(automationId, scheduledAt),
                                    TaskRun.SCHEDULE,
                                    now);
            var occurrence =
                    new Occurrence(
                            projectId,
                            automationId,
                            scheduledAt,
                            outcome,
                            run == null ? null : run.id(),
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
        return now.isAfter(scheduledAt.plus(tolerance)) ? Outcome.STALE : Outcome.STARTED;
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

    private static ObjectNode answer(String outcome, @Nullable TaskRun run) {
        return Json.object()
                .put("outcome", outcome)
                .put("run_id", run == null ? null : run.id().toString());
    }

    private static MadeFrom madeFrom(Fields input) {
        return new MadeFrom(
                input.text("cron_expression", TextRule.filled().orNull(), null),
                input.text("timezone", TextRule.filled().orNull(), null));
    }

    private static UUID automationId(Fields input) {
        var id = input.text("automation_id", TextRule.filled());
        if (!UuidText.matches(id)) {
            throw input.refuse("automation_id", "invalid_input", "Must be a valid UUID.");
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

    private static String trigger(UUID automationId, Instant scheduledAt) {
        return "task-automation-run-" + automationId + "-" + TRIGGER_TIME.format(scheduledAt);
    }
}
