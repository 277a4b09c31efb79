package nightshift.dynamo;

import nightshift.keys.Project;
import nightshift.task.Task;

import java.time.Instant;
import java.util.List;

/// How a project lies in the table, with the counters of what it holds.
///
/// No counter is part of a transaction: transactions on one item hinder each other. A number is
/// reserved by one conditional update before the row is written. A writer that dies between the two
/// leaves a gap in the tasks' numbers, and a place in the count of automations that nobody has
/// until [DynamoTaskAutomations#recount].
final class ProjectItem {
    static final String AUTOMATIONS = "automation_count";

    /// When a place for an automation was last reserved.
    static final String RESERVED_AT = "reserved_at";

    /// How often the automations were counted anew.
    static final String RECOUNTS = "recount_count";

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
                integrations == null ? List.of() : integrations,
                PolicyItem.read(item.itemOrNull("policy")));
    }

    /// The change of a project that reserves a task's number.
    static Change reserveNumber(Change project) {
        return project.add(TASKS, 1).ifPresent();
    }

    /// The task with the number that was reserved for it.
    static Task numbered(Task task, Item reserved) {
        return task.numbered(reserved.number(TASKS, 1) - 1, reserved.text("name"));
    }

    /// The change of a project that reserves a place for an automation, and its task's number.
    static Change reserveAutomation(Change project, long most, Instant now) {
        return reserveNumber(project)
                .add(AUTOMATIONS, 1)
                .set(RESERVED_AT, now)
                .ifBefore(AUTOMATIONS, most);
    }

    /// The change of a project that corrects the count of its automations, unless one came or went
    /// since the project was read.
    static Change recount(Change project, Item read, long there) {
        return project.set(AUTOMATIONS, (Long) there)
                .add(RECOUNTS, 1)
                .ifStill(AUTOMATIONS, read.numberOrNull(AUTOMATIONS))
                .ifStill(RESERVED_AT, read.textOrNull(RESERVED_AT));
    }

    /// The change of a project that gives a place back, unless the automations were counted anew
    /// since the project was read: nobody knows whether this one was among them.
    static Change releaseAutomation(Change project, Item read) {
        return project.add(AUTOMATIONS, -1).ifStill(RECOUNTS, read.numberOrNull(RECOUNTS));
    }
}
