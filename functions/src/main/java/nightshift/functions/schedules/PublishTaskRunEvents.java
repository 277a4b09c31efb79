package nightshift.functions.schedules;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.dynamo.TableChange;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.StreamFunction;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunEvents;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.RunEnvironment;
import nightshift.run.RunStatus;
import nightshift.run.TaskRuns;

import java.util.List;
import java.util.Map;

/// Follows the changes of runs and announces them: a run that waits for a worker, a run that has
/// ended, and the appends after which a log is to be compacted.
public final class PublishTaskRunEvents extends StreamFunction {
    private final TaskRuns runs;
    private final QueuedRuns queue;
    private final Announcements announcements;

    /// The function as Lambda makes it.
    public PublishTaskRunEvents() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public PublishTaskRunEvents(Wiring wiring) {
        this.runs = wiring.runs();
        this.queue = new QueuedRuns(wiring);
        this.announcements = wiring.announcements();
    }

    @Override
    protected void follow(TableChange change) {
        switch (change) {
            case TableChange.OfLog(var run) ->
                    announce("TaskRun Log Extended", RunEvents.named(run));
            case TableChange.OfRun run -> follow(run);
            case TableChange.OfAutomation _, TableChange.OfOther _ -> {}
        }
    }

    private void follow(TableChange.OfRun change) {
        var key = change.run();
        Log.about(Map.of("project", key.projectId(), "task", key.taskId(), "run", key.runId()));
        if (change.after() == change.before()) {
            return;
        }
        if (change.after() == RunStatus.QUEUED && change.environment() == RunEnvironment.CLOUD) {
            runs.find(key).ifPresent(queue::announce);
        }
        if (change.ended() != null) {
            announce("TaskRun Ended", RunEvents.ended(change.ended()));
        }
    }

    private void announce(String type, JsonNode detail) {
        announcements.announce(List.of(new Announcement(type, Json.text(detail))));
    }
}
