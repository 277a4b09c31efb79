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
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

/// Follows the changes of runs and announces them: a run that waits for a worker, a run that has
/// ended, a log that has grown much or after its run's end.
public final class PublishTaskRunEvents extends StreamFunction {
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
        var status = changed.now("status");
        if (status == null) {
            return; // an artifact
        }
        var key = key(changed);
        Log.about(Map.of("project", key.projectId(), "task", key.taskId(), "run", key.runId()));
        boolean moved = !status.equals(changed.then("status"));
        if (moved
                && status.equals(RunStatus.QUEUED.text())
                && "cloud".equals(changed.now("environment"))) {
            runs.find(key).ifPresent(queue::announce);
        }
        if (moved && RunJson.status(status).terminal()) {
            runs.find(key).ifPresent(run -> announce("TaskRun Ended", RunEvents.ended(run)));
        } else if (hasLongerLog(changed)) {
            announce("TaskRun Log Extended", RunEvents.named(key));
        }
    }

    private void announce(String type, JsonNode detail) {
        announcements.announce(List.of(new Announcement(type, Json.text(detail))));
    }

    private static boolean hasLongerLog(Changed changed) {
        return changed.wasThere()
                && Stream.of("log_extended", "log_grown")
                        .anyMatch(it -> !Objects.equals(changed.then(it), changed.now(it)));
    }

    private static RunKey key(Changed changed) {
        var partition = changed.pk().split("#", 3);
        return new RunKey(
                Long.parseLong(partition[1]),
                UUID.fromString(partition[2]),
                UUID.fromString(changed.sk()));
    }
}
