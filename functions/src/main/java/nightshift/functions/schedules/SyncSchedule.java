package nightshift.functions.schedules;

import nightshift.dynamo.TableChange;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.StreamFunction;
import nightshift.functions.lambda.Wiring;
import nightshift.log.Log;

import java.util.Map;

/// Follows the changes of automations and makes their schedules what the rows say.
public final class SyncSchedule extends StreamFunction {
    private final Synchronizer synchronizer;

    /// The function as Lambda makes it.
    public SyncSchedule() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public SyncSchedule(Wiring wiring) {
        this.synchronizer = new Synchronizer(wiring);
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
        }
    }
}
