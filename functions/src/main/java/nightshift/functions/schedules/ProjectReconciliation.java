package nightshift.functions.schedules;

import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.Wiring;
import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Gatherers;

/// Makes the schedules of one project what its rows say, and records the occurrences that should
/// have come and did not.
final class ProjectReconciliation {
    /// How many automations are looked at at the same time: almost all of it is waiting for AWS.
    private static final int AT_ONCE = 16;

    private final TaskAutomations automations;
    private final Synchronizer synchronizer;
    private final MissedOccurrences ledger;
    private final Clock clock;

    /// What was found of one automation.
    ///
    /// @param unsyncedFor null: its schedules were what its row says
    private record Found(
            UUID automationId,
            @Nullable Duration unsyncedFor,
            List<MissedOccurrences.Missed> missed,
            boolean failed) {}

    ProjectReconciliation(Wiring wiring, Synchronizer synchronizer) {
        this.automations = wiring.automations();
        this.synchronizer = synchronizer;
        this.ledger = new MissedOccurrences(wiring);
        this.clock = wiring.clock();
    }

    /// @param schedules whether to look at the schedules too, and back over two days
    void run(long projectId, boolean schedules, ReconciliationTotal total) {
        var now = clock.instant();
        Log.about(Map.of("project", projectId));
        var found =
                automations
                        .all(projectId)
                        .gather(
                                Gatherers.mapConcurrent(
                                        AT_ONCE, automation -> check(automation, schedules, now)))
                        .toList();
        for (var each : found) {
            total.addAutomation(each.automationId());
            if (each.unsyncedFor() != null) total.addUnsynced(each.unsyncedFor());
            if (each.failed()) total.addFailure();
        }
        total.addMissed(
                ledger.announceAndRecord(
                        projectId,
                        found.stream().flatMap(each -> each.missed().stream()).toList()));
        if (schedules) {
            total.compareSchedules();
            if (automations.recount(projectId)) {
                Log.info("the count of automations was corrected", Map.of("project", projectId));
            }
        }
    }

    /// A failure must not keep the others from being looked at.
    private Found check(TaskAutomation automation, boolean schedules, Instant now) {
        var projectId = automation.projectId();
        Log.about(Map.of("project", projectId, "automation", automation.id()));
        try {
            var missed = ledger.find(automation, now, schedules);
            boolean synced = !schedules || synchronizer.repair(projectId, automation.id());
            var age = Duration.between(automation.updatedAt(), now);
            return new Found(automation.id(), synced ? null : age, missed, false);
        } catch (RuntimeException failed) {
            Log.warn("an automation could not be reconciled", failed);
            return new Found(automation.id(), null, List.of(), true);
        }
    }
}
