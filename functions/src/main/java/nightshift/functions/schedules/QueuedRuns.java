package nightshift.functions.schedules;

import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunEvents;
import nightshift.json.Json;
import nightshift.run.TaskRun;
import nightshift.task.Tasks;

import java.util.List;

/// Announces runs that wait for a worker. A deleted task is still in the table, so its runs are
/// announced as well.
final class QueuedRuns {
    private final Tasks tasks;
    private final Announcements announcements;
    private final String apiUrl;

    QueuedRuns(Wiring wiring) {
        this.tasks = wiring.tasks();
        this.announcements = wiring.announcements();
        this.apiUrl = wiring.apiUrl();
    }

    /// Announces the run, at least once, if it waits for a worker.
    void announce(TaskRun run) {
        if (!run.waits()) {
            return;
        }
        tasks.find(run.key().projectId(), run.key().taskId())
                .map(task -> Json.text(RunEvents.queued(run, task, apiUrl)))
                .ifPresent(detail ->
                        announcements.announce(
                                List.of(new Announcement("TaskRun Queued", detail))));
    }
}
