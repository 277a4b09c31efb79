package nightshift.testing;

import nightshift.automation.InMemoryOccurrences;
import nightshift.automation.InMemoryScheduleHistory;
import nightshift.automation.InMemoryTaskAutomations;
import nightshift.automation.Occurrences;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.TaskAutomations;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.InMemoryApiKeyStore;
import nightshift.notification.InMemoryNotificationChannels;
import nightshift.notification.NotificationChannels;
import nightshift.run.InMemoryTaskRuns;
import nightshift.run.TaskRuns;
import nightshift.task.InMemoryTasks;
import nightshift.task.Tasks;

/// The ports that share one store: the rules of one can be seen through another.
public record Ports(
        TaskAutomations automations,
        Occurrences occurrences,
        ScheduleHistory scheduleHistory,
        Tasks tasks,
        TaskRuns runs,
        ApiKeyStore apiKeys,
        NotificationChannels channels) {
    /// How many automations a project may have here.
    public static final int MOST_AUTOMATIONS = 60;

    /// The doubles over a world of their own.
    public static Ports inMemory() {
        var world = new World();
        return new Ports(
                new InMemoryTaskAutomations(world, MOST_AUTOMATIONS),
                new InMemoryOccurrences(world),
                new InMemoryScheduleHistory(world),
                new InMemoryTasks(world),
                new InMemoryTaskRuns(world),
                new InMemoryApiKeyStore(world),
                new InMemoryNotificationChannels(world));
    }
}
