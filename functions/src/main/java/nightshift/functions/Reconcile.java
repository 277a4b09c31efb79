package nightshift.functions;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.Json;
import nightshift.api.Log;
import nightshift.automation.ScheduleStates;
import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;

/// Compares the automations and the schedule group both ways, once a day and by hand, and writes
/// down the occurrences that should have come and did not.
public final class Reconcile extends Operation {
    private final TaskAutomations automations;
    private final Schedules schedules;
    private final ScheduleStates states;
    private final Synchronizer synchronizer;
    private final MissedOccurrences ledger;
    private final Clock clock;

    /// What one walk over the automations finds.
    private static final class Found {
        private int automations;
        private int unsynced;
        private int missed;
        private Duration oldest = Duration.ZERO;

        private void age(Duration age) {
            oldest = oldest.compareTo(age) < 0 ? age : oldest;
        }
    }

    /// The function as Lambda makes it.
    public Reconcile() {
        this(AwsWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public Reconcile(Wiring wiring) {
        this.automations = wiring.automations();
        this.schedules = wiring.schedules();
        this.states = wiring.scheduleStates();
        this.synchronizer = new Synchronizer(wiring);
        this.ledger = new MissedOccurrences(wiring);
        this.clock = wiring.clock();
    }

    @Override
    JsonNode perform(Fields input) {
        var now = clock.instant();
        var orphans = new HashSet<>(schedules.automations());
        var found = new Found();
        automations.each(automation -> {
            boolean scheduled = orphans.remove(automation.id());
            found.automations++;
            if (!scheduled || !isSynced(automation)) {
                found.unsynced++;
                found.age(Duration.between(automation.updatedAt(), now));
            }
            synchronizer.sync(automation.projectId(), automation.id());
            found.missed += ledger.writeDown(automation, now);
        });
        orphans.forEach(orphan -> schedules.sync(orphan, null));
        Log.metric(clock, "OccurrencesMissed", found.missed, "Count", null);
        Log.metric(clock, "UnsyncedRows", found.unsynced, "Count", null);
        Log.metric(clock, "OldestUnsyncedRow", (double) found.oldest.toSeconds(), "Seconds", null);
        return Json.object()
                .put("automations", found.automations)
                .put("unsynced", found.unsynced)
                .put("orphans", orphans.size())
                .put("missed", found.missed);
    }

    private boolean isSynced(TaskAutomation automation) {
        return states.find(automation.projectId(), automation.id())
                .map(state -> state.edition() == automation.edition() && state.refusal() == null)
                .orElse(false);
    }
}
