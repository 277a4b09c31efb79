package nightshift.testing;

import nightshift.automation.InMemoryOccurrences;
import nightshift.automation.InMemoryScheduleStates;
import nightshift.automation.InMemoryTaskAutomations;
import nightshift.automation.Occurrences;
import nightshift.automation.ScheduleStates;
import nightshift.automation.TaskAutomations;
import nightshift.keys.InMemoryKeyring;
import nightshift.keys.Keyring;
import nightshift.run.InMemoryTaskRuns;
import nightshift.run.TaskRuns;
import nightshift.task.InMemoryTasks;
import nightshift.task.Tasks;

/// The ports that share one store: the rules of one can be seen through another.
public record Ports(
        TaskAutomations automations,
        Occurrences occurrences,
        ScheduleStates scheduleStates,
        Tasks tasks,
        TaskRuns runs,
        Keyring keyring) {
    /// How many automations a project may have here.
    public static final int MOST_AUTOMATIONS = 60;

    /// The doubles over a world of their own.
    public static Ports inMemory() {
        var world = new World();
        return new Ports(
                new InMemoryTaskAutomations(world, MOST_AUTOMATIONS),
                new InMemoryOccurrences(world),
                new InMemoryScheduleStates(world),
                new InMemoryTasks(world),
                new InMemoryTaskRuns(world),
                new InMemoryKeyring(world));
    }
}
