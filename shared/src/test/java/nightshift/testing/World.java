package nightshift.testing;

import nightshift.automation.LastRun;
import nightshift.automation.Occurrence;
import nightshift.automation.Policy;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.TaskAutomation;
import nightshift.keys.ApiKey;
import nightshift.keys.Project;
import nightshift.notification.NotificationChannel;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.RunStreak;
import nightshift.run.TaskRun;
import nightshift.task.Task;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.UUID;

/// The common state of the in-memory doubles of the ports, as the table is for the real ones. Every
/// read and write holds its lock.
public final class World {
    /// An object of a project.
    public record Id(long projectId, UUID id) {}

    public final Map<Long, Project> projects = new HashMap<>();
    public final Map<Long, Long> taskCounts = new HashMap<>();
    public final Map<Id, TaskAutomation> automations = new HashMap<>();
    public final Map<Id, Task> tasks = new HashMap<>();
    public final Map<RunKey, TaskRun> runs = new HashMap<>();
    public final Map<Id, NavigableMap<Instant, Occurrence>> occurrences = new HashMap<>();
    public final Map<Id, ScheduleHistory.State> scheduleHistory = new HashMap<>();
    public final Map<String, ApiKey> keys = new HashMap<>();
    public final Map<Id, NotificationChannel> channels = new HashMap<>();
    public final Set<String> received = new HashSet<>();

    /// Keeps a new task with the project's next number.
    public Task number(Task task) {
        long projectId = task.projectId();
        var there = tasks.get(new Id(projectId, task.id()));
        if (there != null) {
            return there;
        }
        var project = projects.get(projectId);
        if (project == null) {
            throw new IllegalStateException("no project " + projectId);
        }
        long number = taskCounts.merge(projectId, 1L, Long::sum) - 1;
        var numbered = task.numbered(number, project.name());
        tasks.put(new Id(projectId, task.id()), numbered);
        return numbered;
    }

    /// Keeps a new run, which becomes its task's latest unless that has a greater id.
    public void keep(TaskRun run) {
        runs.put(run.key(), run);
        tasks.computeIfPresent(
                new Id(run.key().projectId(), run.key().taskId()), (_, task) -> latest(task, run));
    }

    /// Keeps a new run as its automation's last, and cancels the one before if the policy says so.
    public TaskAutomation start(TaskAutomation automation, TaskRun run) {
        var last = automation.lastRun();
        if (automation.isRunning()
                && last != null
                && automation.policy().overlap() == Policy.Overlap.CANCEL_PREVIOUS) {
            var key = new RunKey(automation.projectId(), automation.taskId(), last.id());
            var state = automation.state();
            runs.computeIfPresent(
                    key,
                    (_, kept) ->
                            kept.replaced(run.times().created())
                                    .with(
                                            RunStreak.unchanged(
                                                    state.earlierFailures(),
                                                    state.failuresInARow())));
            show(automation.projectId(), automation.id(), runs.get(key));
        }
        keep(run);
        var started = automation.started(last(run));
        automations.put(new Id(automation.projectId(), automation.id()), started);
        return started;
    }

    /// A new run as its automation shows it.
    public static LastRun last(TaskRun run) {
        return new LastRun(run.id(), run.times().created(), run.status());
    }

    /// Shows in the ledger how a run has ended, if it is the latest of its occurrence.
    public void show(long projectId, UUID automationId, TaskRun run) {
        var occurrence = run.occurrence();
        var ledger = occurrences.get(new Id(projectId, automationId));
        if (occurrence == null || ledger == null) {
            return;
        }
        ledger.computeIfPresent(
                occurrence.scheduledAt(),
                (_, kept) ->
                        run.id().equals(kept.runId())
                                ? showing(
                                        kept,
                                        run.id(),
                                        kept.attempt(),
                                        run.status().terminal() ? run.status() : null)
                                : kept);
    }

    /// Whether no other run of its occurrence was started after this one.
    public boolean isLatest(TaskRun run) {
        var occurrence = run.occurrence();
        var ledger = occurrences.get(new Id(run.key().projectId(), run.automationId()));
        var shown =
                occurrence == null || ledger == null ? null : ledger.get(occurrence.scheduledAt());
        return shown != null && run.id().equals(shown.runId());
    }

    /// The occurrence with another latest run.
    public static Occurrence showing(
            Occurrence kept, UUID run, int attempt, @Nullable RunStatus status) {
        return new Occurrence(
                kept.projectId(),
                kept.automationId(),
                kept.scheduledAt(),
                kept.outcome(),
                run,
                kept.deliveries(),
                kept.late(),
                kept.recordedAt(),
                attempt,
                status);
    }

    private static Task latest(Task task, TaskRun run) {
        var latest = task.latestRunId();
        if (latest != null && latest.toString().compareTo(run.id().toString()) > 0) {
            return task;
        }
        return task.withLatestRun(run.id());
    }
}
