package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.lambda.StreamFunction;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunEvents;
import nightshift.functions.runs.RunJson;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRuns;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Follows the changes of runs and announces them: a run that waits for a worker, a run that has
/// ended, and the appends after which a log is to be compacted.
public final class PublishTaskRunEvents extends StreamFunction {
    private static final String LOGS = "LOGS#";

    private final TaskRuns runs;
    private final QueuedRuns queue;
    private final Announcements announcements;

    /// The function as Lambda makes it.
    public PublishTaskRunEvents() {
        this(AwsWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public PublishTaskRunEvents(Wiring wiring) {
        this.runs = wiring.runs();
        this.queue = new QueuedRuns(wiring);
        this.announcements = wiring.announcements();
    }

    @Override
    protected void follow(Changed changed) {
        if (changed.pk().startsWith(LOGS)) {
            announce("TaskRun Log Extended", RunEvents.named(key(changed.pk().split("#", 4))));
            return;
        }
        var status = changed.now("status");
        if (status == null) {
            return; // an artifact
        }
        var key = key((changed.pk() + "#" + changed.sk()).split("#", 4));
        Log.about(Map.of("project", key.projectId(), "task", key.taskId(), "run", key.runId()));
        boolean moved = !status.equals(changed.then("status"));
        if (moved
                && status.equals(RunStatus.QUEUED.text())
                && "cloud".equals(changed.now("environment"))) {
            runs.find(key).ifPresent(queue::announce);
        }
        if (moved && RunJson.status(status).terminal()) {
            runs.find(key).ifPresent(run -> announce("TaskRun Ended", RunEvents.ended(run)));
        }
    }

    private void announce(String type, JsonNode detail) {
        announcements.announce(List.of(new Announcement(type, Json.text(detail))));
    }

    private static RunKey key(String[] parts) {
        return new RunKey(
                Long.parseLong(parts[1]), UUID.fromString(parts[2]), UUID.fromString(parts[3]));
    }
}
