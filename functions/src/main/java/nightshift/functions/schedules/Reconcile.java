package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.automation.ScheduleHistory.Known;
import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Gatherers;

/// Compares the automations and the schedule group both ways, once a day and by hand, and writes
/// down the occurrences that should have come and did not.
public final class Reconcile extends Operation {
    /// How many automations are looked at at the same time: almost all of it is waiting for AWS.
    private static final int AT_ONCE = 16;

    private final TaskAutomations automations;
    private final Schedules schedules;
    private final Synchronizer synchronizer;
    private final MissedOccurrences ledger;
    private final Clock clock;

    /// What was found of one automation.
    ///
    /// @param unsyncedFor null: its schedules were what its row says
    private record Found(@Nullable Duration unsyncedFor, int missed) {}

    /// What one walk over the automations finds.
    private static final class Total {
        private int automations;
        private int unsynced;
        private int missed;
        private int failed;
        private Duration oldest = Duration.ZERO;

        private void add(Optional<Found> found) {
            automations++;
            if (found.isEmpty()) {
                failed++;
                return;
            }
            missed += found.get().missed();
            var age = found.get().unsyncedFor();
            if (age != null) {
                unsynced++;
                oldest = oldest.compareTo(age) < 0 ? age : oldest;
            }
        }
    }

    /// The function as Lambda makes it.
    public Reconcile() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public Reconcile(Wiring wiring) {
        this.automations = wiring.automations();
        this.schedules = wiring.schedules();
        this.synchronizer = new Synchronizer(wiring);
        this.ledger = new MissedOccurrences(wiring);
        this.clock = wiring.clock();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var now = clock.instant();
        var scheduled = schedules.automations();
        var orphans = new HashSet<>(scheduled);
        var total = new Total();
        automations
                .all()
                .peek(automation -> orphans.remove(automation.id()))
                .gather(
                        Gatherers.mapConcurrent(
                                AT_ONCE,
                                automation ->
                                        check(
                                                automation,
                                                scheduled.contains(automation.id()),
                                                now)))
                .forEach(total::add);
        orphans.forEach(orphan -> schedules.sync(orphan, null));
        Log.metric(clock, "OccurrencesMissed", total.missed, "Count", null);
        Log.metric(clock, "UnsyncedRows", total.unsynced, "Count", null);
        Log.metric(clock, "OldestUnsyncedRow", (double) total.oldest.toSeconds(), "Seconds", null);
        if (total.failed > 0) {
            throw new IllegalStateException(total.failed + " automations could not be reconciled");
        }
        return Json.object()
                .put("automations", total.automations)
                .put("unsynced", total.unsynced)
                .put("orphans", orphans.size())
                .put("missed", total.missed);
    }

    /// Empty: it failed. That must not keep the others from being looked at.
    private Optional<Found> check(TaskAutomation automation, boolean scheduled, Instant now) {
        Log.about(Map.of("project", automation.projectId(), "automation", automation.id()));
        try {
            var known = synchronizer.sync(automation.projectId(), automation.id(), scheduled);
            int missed = ledger.writeDown(automation, now);
            return Optional.of(new Found(unsyncedFor(known, scheduled, now), missed));
        } catch (RuntimeException failed) {
            Log.warn("an automation could not be reconciled", failed);
            return Optional.empty();
        }
    }

    /// How long ago the row became what its schedules were not; null: they were, or it is gone.
    private static @Nullable Duration unsyncedFor(Known known, boolean scheduled, Instant now) {
        var automation = known.automation();
        boolean synced = scheduled && known.isCurrent() && known.refusal() == null;
        return automation == null || synced ? null : Duration.between(automation.updatedAt(), now);
    }
}
