package nightshift.functions.schedules;

import nightshift.dynamo.TableChange;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.StreamFunction;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunEvents;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.RunKey;
import nightshift.run.TaskRuns;

import java.time.Clock;
import java.util.List;
import java.util.Map;

/// Follows the changes of automations: makes their schedules what the rows say, and counts a
/// failure whose retry was dropped.
public final class SyncSchedule extends StreamFunction {
    private final Synchronizer synchronizer;
    private final TaskRuns runs;
    private final Announcements announcements;
    private final Clock clock;

    /// The function as Lambda makes it.
    public SyncSchedule() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public SyncSchedule(Wiring wiring) {
        this.synchronizer = new Synchronizer(wiring);
        this.runs = wiring.runs();
        this.announcements = wiring.announcements();
        this.clock = wiring.clock();
    }

    @Override
    protected void follow(TableChange change) {
        // Another change of an automation is a run that started or failed: no schedule depends on
        // it.
        if (change instanceof TableChange.OfAutomation automation) {
            var projectId = automation.projectId();
            var id = automation.automationId();
            Log.about(Map.of("project", projectId, "automation", id));
            if (automation.edited()) {
                synchronizer.sync(projectId, id, automation.wasThere());
            }
            if (automation.retryChanged()) {
                synchronizer.syncRetry(projectId, id);
            }
            if (automation.formerRetry() != null) {
                countFailure(automation.formerRetry());
            }
        }
    }

    /// The end of the run is announced again, because now it counts. An announcement that comes
    /// twice does no harm, one that is lost does.
    private void countFailure(RunKey failed) {
        runs.countFailure(failed, clock.instant())
                .filter(run -> run.streak() != null && run.streak().after() > run.streak().before())
                .map(run -> Json.text(RunEvents.ended(run)))
                .ifPresent(ended ->
                        announcements.announce(List.of(new Announcement("TaskRun Ended", ended))));
    }
}
