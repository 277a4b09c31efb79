package nightshift.functions.schedules;

import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.lambda.StreamFunction;
import nightshift.functions.lambda.Wiring;
import nightshift.log.Log;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// Follows the changes of automations and makes their schedules what the rows say.
public final class SyncSchedule extends StreamFunction {
    private final Synchronizer synchronizer;

    /// The function as Lambda makes it.
    public SyncSchedule() {
        this(AwsWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public SyncSchedule(Wiring wiring) {
        this.synchronizer = new Synchronizer(wiring);
    }

    @Override
    protected void follow(Changed changed) {
        boolean sameEdition =
                changed.wasThere()
                        && changed.isThere()
                        && Objects.equals(changed.then("edition"), changed.now("edition"));
        if (sameEdition) {
            return; // a run started or failed: nothing that a schedule knows of
        }
        var projectId = Long.parseLong(changed.pk().substring(changed.pk().indexOf('#') + 1));
        Log.about(Map.of("project", projectId, "automation", changed.sk()));
        synchronizer.sync(projectId, UUID.fromString(changed.sk()), changed.wasThere());
    }
}
