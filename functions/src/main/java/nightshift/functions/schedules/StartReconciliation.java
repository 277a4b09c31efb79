package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ApiKeyStore;

import java.util.ArrayList;

/// Announces one reconciliation for each project: hourly for the occurrences that were missed,
/// daily for the schedules too.
public final class StartReconciliation extends Operation {
    /// The event that starts [Reconcile].
    static final String DUE = "Reconciliation Due";

    private final ApiKeyStore projects;
    private final Announcements announcements;

    /// The function as Lambda makes it.
    public StartReconciliation() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public StartReconciliation(Wiring wiring) {
        this.projects = wiring.apiKeys();
        this.announcements = wiring.announcements();
    }

    @Override
    protected JsonNode perform(Fields input) {
        boolean schedules = input.flag("schedules", false);
        var due = new ArrayList<Announcement>();
        for (var project : projects.projects()) {
            var detail = Json.object().put("project_id", project).put("schedules", schedules);
            due.add(new Announcement(DUE, Json.text(detail)));
        }
        int count = due.size();
        if (schedules) {
            due.add(new Announcement(DUE, Json.text(Json.object().put("orphans", true))));
        }
        announcements.announce(due);
        return Json.object().put("projects", count);
    }
}
