package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunEvents;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.Lease;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Looks after the runs that nobody has finished, every few minutes: a run whose worker has given
/// no sign of life for the length of its lease is failed, a run that waits for a worker is
/// announced again, and one that has waited too long is failed. These failures are transient: they
/// may not happen again.
///
/// The runs are found by a sparse index, longest untouched first: nothing is scanned. A run that
/// cannot be updated is passed over, counted in a metric and named in an event, whose rule keeps it
/// with the dead letters. What one call has no time for, the next one does.
public final class ReapTaskRuns extends Operation {
    /// A run is announced again every ten minutes; the calls come every five, some a little early.
    private static final Duration ANNOUNCED_AGAIN = Duration.ofSeconds(570);

    /// Less than the function's timeout.
    private static final Duration LONGEST_CALL = Duration.ofMinutes(4);

    /// How many runs one event names.
    private static final int NAMED = 100;

    private final TaskRuns runs;
    private final Announcements announcements;
    private final QueuedRuns queue;
    private final Clock clock;
    private final Duration lease;
    private final Duration queueLease;

    /// What is done about one run; answers which count it adds to.
    private interface Step {
        Done take(RunKey key);
    }

    private enum Done {
        REAPED,
        ANNOUNCED,
        NOTHING
    }

    /// What one call has done.
    private static final class Total {
        private int reaped;
        private int announced;
        private int failed;
        private final ArrayNode named = Json.array();

        private void add(Done done) {
            reaped += done == Done.REAPED ? 1 : 0;
            announced += done == Done.ANNOUNCED ? 1 : 0;
        }

        private void fail(RunKey key, RuntimeException reason) {
            Log.error("run %s could not be updated".formatted(key.runId()), reason);
            failed++;
            if (named.size() < NAMED) {
                named.add(RunEvents.named(key));
            }
        }
    }

    /// The function as Lambda makes it.
    public ReapTaskRuns() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ReapTaskRuns(Wiring wiring) {
        this.runs = wiring.runs();
        this.announcements = wiring.announcements();
        this.queue = new QueuedRuns(wiring);
        this.clock = wiring.clock();
        this.lease = wiring.lease();
        this.queueLease = wiring.queueLease();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var now = clock.instant();
        var total = new Total();
        all(Lease.IN_PROGRESS, now.minus(lease), now, total, key -> reap(key, now));
        all(Lease.QUEUED_LOCALLY, now.minus(queueLease), now, total, key -> reap(key, now));
        all(Lease.QUEUED, now.minus(ANNOUNCED_AGAIN), now, total, key -> announce(key, now));
        Log.metric(clock, "RunsNotReaped", total.failed, "Count", null);
        if (total.failed > 0) {
            var detail = Json.object().put("count", total.failed);
            detail.set("runs", total.named);
            announcements.announce(
                    List.of(new Announcement("TaskRuns Not Reaped", Json.text(detail))));
        }
        return Json.object()
                .put("reaped", total.reaped)
                .put("announced", total.announced)
                .put("failed", total.failed);
    }

    private void all(Lease of, Instant before, Instant begun, Total total, Step step) {
        runs.untouched(of, before)
                .takeWhile(_ -> clock.instant().isBefore(begun.plus(LONGEST_CALL)))
                .forEach(key -> {
                    try {
                        total.add(step.take(key));
                    } catch (RuntimeException failed) {
                        total.fail(key, failed);
                    }
                });
    }

    private Done announce(RunKey key, Instant now) {
        var run = runs.find(key);
        if (run.isEmpty() || !run.get().waits()) {
            return Done.NOTHING; // the index is a moment late
        }
        if (isOver(run.get(), now)) {
            return reap(key, now);
        }
        queue.announce(run.get());
        runs.announced(key, now);
        return Done.ANNOUNCED;
    }

    private Done reap(RunKey key, Instant now) {
        var run = runs.update(key, found -> isOver(found, now) ? givenUp(found, now) : found);
        return run.filter(it -> it.status() == RunStatus.FAILED).isPresent()
                ? Done.REAPED
                : Done.NOTHING;
    }

    private boolean isOver(TaskRun run, Instant now) {
        return switch (Lease.of(run)) {
            case null -> false;
            case IN_PROGRESS -> run.times().touched().isBefore(now.minus(lease));
            case QUEUED_LOCALLY -> run.times().touched().isBefore(now.minus(queueLease));
            case QUEUED -> run.claim().queued().at().isBefore(now.minus(queueLease));
        };
    }

    private TaskRun givenUp(TaskRun run, Instant now) {
        var reason =
                run.status() == RunStatus.IN_PROGRESS
                        ? "No sign of life for %d minutes: the worker is taken for dead."
                                .formatted(lease.toMinutes())
                        : "Failed to start task workflow: no worker has taken the run for %d minutes."
                                .formatted(queueLease.toMinutes());
        var state = (ObjectNode) Json.stored(run.report().state());
        return run.with(RunStatus.FAILED, now)
                .withErrorMessage(reason)
                .withState(Json.text(state.put("transient", true)));
    }
}
