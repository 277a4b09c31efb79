package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.Schedules;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ApiKeyStore;
import nightshift.log.Log;

import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Gatherers;

/// Repairs what was lost. An event on the bus says what to look at ([StartReconciliation]):
///
/// | input | what is looked at |
/// | --- | --- |
/// | `{"project_id": 7, "schedules": false}` | the project's occurrences of the last hours |
/// | `{"project_id": 7}` | those of two days, the project's schedules and its count of automations |
/// | `{"orphans": true}` | schedules without an automation |
/// | `{}`, by hand | everything |
///
/// A project's reconciliation reads the partitions of that project and no others.
public final class Reconcile extends Operation {
    /// How many schedules are looked at at the same time: almost all of it is waiting for AWS.
    private static final int AT_ONCE = 16;

    private final ApiKeyStore projects;
    private final Schedules schedules;
    private final ScheduleHistory automations;
    private final Synchronizer synchronizer;
    private final ProjectReconciliation reconciliation;
    private final Clock clock;

    /// The function as Lambda makes it.
    public Reconcile() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public Reconcile(Wiring wiring) {
        this.projects = wiring.apiKeys();
        this.schedules = wiring.schedules();
        this.automations = wiring.scheduleHistory();
        this.synchronizer = new Synchronizer(wiring);
        this.reconciliation = new ProjectReconciliation(wiring, synchronizer);
        this.clock = wiring.clock();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var wanted = input.has("detail") ? input.object("detail") : input;
        var total = new ReconciliationTotal();
        if (wanted.flag("orphans", false)) {
            removeOrphans(Set.of(), total);
        } else if (wanted.has("project_id")) {
            long project = wanted.integer("project_id", 1, Long.MAX_VALUE);
            reconciliation.run(project, wanted.flag("schedules", true), total);
        } else {
            for (long project : projects.projects()) {
                reconciliation.run(project, true, total);
            }
            removeOrphans(total.automations(), total);
        }
        total.measure(clock);
        if (total.failed() > 0) {
            throw new IllegalStateException(
                    total.failed() + " automations could not be reconciled");
        }
        return Json.object()
                .put("automations", total.automations().size())
                .put("unsynced", total.unsynced())
                .put("orphans", total.orphans())
                .put("missed", total.missed());
    }

    /// Removes the schedules of automations that are gone.
    ///
    /// @param known automations that are there
    private void removeOrphans(Set<UUID> known, ReconciliationTotal total) {
        var unknown = new HashSet<>(schedules.automations());
        unknown.removeAll(known);
        var orphans =
                unknown.stream()
                        .gather(Gatherers.mapConcurrent(AT_ONCE, this::removeIfOrphan))
                        .toList();
        for (var removed : orphans) {
            switch (removed) {
                case REMOVED -> total.addOrphan();
                case FAILED -> total.addFailure();
                case KEPT -> {}
            }
        }
    }

    private enum Removal {
        REMOVED,
        KEPT,
        FAILED
    }

    /// The schedule says which project it was made for.
    private Removal removeIfOrphan(UUID automationId) {
        Log.about(Map.of("automation", automationId));
        try {
            var project = schedules.projectOf(automationId);
            if (project.isPresent()
                    && automations.find(project.get(), automationId).automation() != null) {
                return Removal.KEPT;
            }
            if (project.isPresent()) synchronizer.sync(project.get(), automationId, true);
            else schedules.sync(automationId, null);
            return Removal.REMOVED;
        } catch (RuntimeException failed) {
            Log.warn("a schedule could not be reconciled", failed);
            return Removal.FAILED;
        }
    }
}
