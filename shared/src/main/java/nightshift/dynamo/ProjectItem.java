package nightshift.dynamo;

import nightshift.keys.Project;
import nightshift.task.Task;

import java.util.List;

/// How a project lies in the table, with the counters of what it holds.
final class ProjectItem {
    static final String AUTOMATIONS = "automation_count";
    private static final String TASKS = "task_count";

    private ProjectItem() {}

    static Item key(long projectId) {
        return Item.keyed("PROJECT#" + projectId, "PROJECT");
    }

    static Project read(Item item) {
        var integrations = item.numbersOrNull("github_integrations");
        return new Project(
                Long.parseLong(item.text(Item.PK).substring("PROJECT#".length())),
                item.text("name"),
                integrations == null ? List.of() : integrations);
    }

    /// The task with the next number of its project.
    static Task number(Task task, Item project) {
        return task.numbered(project.number(TASKS, 0), project.text("name"));
    }

    /// The change that takes the number that [#number] gave, unless somebody took it before.
    static Change count(Change change, Item project) {
        return change.add(TASKS, 1).ifPresent().ifStill(TASKS, project.numberOrNull(TASKS));
    }
}
