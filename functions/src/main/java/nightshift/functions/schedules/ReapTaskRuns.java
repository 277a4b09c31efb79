package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// Fails, every few minutes, the runs whose worker has given no sign of life for the length of a
/// lease. Found by a sparse index: nothing is scanned.
public final class ReapTaskRuns extends Operation {
    private static final int BATCH = 500;

    private final TaskRuns runs;
    private final Clock clock;
    private final Duration lease;

    /// The function as Lambda makes it.
    public ReapTaskRuns() {
        this(AwsWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ReapTaskRuns(Wiring wiring) {
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.lease = wiring.lease();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var now = clock.instant();
        var before = now.minus(lease);
        int reaped = 0;
        for (var key : runs.idleSince(before, BATCH)) {
            var failed = runs.update(key, run -> isIdle(run, before) ? givenUp(run, now) : run);
            reaped += failed.filter(run -> run.status() == RunStatus.FAILED).isPresent() ? 1 : 0;
        }
        return Json.object().put("reaped", reaped);
    }

    private static boolean isIdle(TaskRun run, Instant before) {
        return !run.status().terminal() && run.touchedAt().isBefore(before);
    }

    private TaskRun givenUp(TaskRun run, Instant now) {
        var reason =
                run.status() == RunStatus.IN_PROGRESS
                        ? "No sign of life for %d minutes: the worker is taken for dead."
                        : "Failed to start task workflow: no worker has taken the run for %d minutes.";
        return run.with(RunStatus.FAILED, now)
                .withErrorMessage(reason.formatted(lease.toMinutes()));
    }
}
