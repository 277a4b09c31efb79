package nightshift.functions.schedules;

import nightshift.log.Log;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/// What one run of [Reconcile] has found.
final class ReconciliationTotal {
    private final Set<UUID> automations = new HashSet<>();
    private boolean comparedSchedules;
    private int unsynced;
    private int missed;
    private int orphans;
    private int failed;
    private Duration oldest = Duration.ZERO;

    Set<UUID> automations() {
        return automations;
    }

    int unsynced() {
        return unsynced;
    }

    int missed() {
        return missed;
    }

    int orphans() {
        return orphans;
    }

    int failed() {
        return failed;
    }

    void compareSchedules() {
        comparedSchedules = true;
    }

    void addAutomation(UUID id) {
        automations.add(id);
    }

    /// @param since how long its schedules have not been what its row says
    void addUnsynced(Duration since) {
        unsynced++;
        oldest = oldest.compareTo(since) < 0 ? since : oldest;
    }

    void addMissed(int count) {
        missed += count;
    }

    void addOrphan() {
        orphans++;
    }

    void addFailure() {
        failed++;
    }

    void measure(Clock clock) {
        Log.metric(clock, "OccurrencesMissed", missed, "Count", null);
        if (comparedSchedules) {
            Log.metric(clock, "UnsyncedRows", unsynced, "Count", null);
            Log.metric(clock, "OldestUnsyncedRow", (double) oldest.toSeconds(), "Seconds", null);
        }
    }
}
