package nightshift.dynamo;

import nightshift.task.Person;
import nightshift.task.Task;
import nightshift.task.TaskSpec;

import org.jspecify.annotations.Nullable;

import java.util.UUID;

/// How a task lies in the table.
final class TaskItem {
    static final String LATEST_RUN = "latest_run_id";

    /// How many runs the task has. Negative or absent: the task is older than this count.
    static final String RUNS = "runs";

    private TaskItem() {}

    static String partition(long projectId) {
        return "TASKS#" + projectId;
    }

    static Item key(long projectId, UUID id) {
        return Item.keyed(partition(projectId), id.toString());
    }

    static Item write(Task task) {
        var spec = task.spec();
        var item =
                key(task.projectId(), task.id())
                        .put("project_id", task.projectId())
                        .put("number", task.number())
                        .put("slug", task.slug())
                        .put("title", spec.title())
                        .put("description", spec.description())
                        .put("origin_product", spec.originProduct())
                        .put("repository", spec.repository())
                        .put("github_integration", spec.githubIntegration())
                        .put("json_schema", spec.jsonSchema())
                        .put("internal", spec.internal())
                        .put("ci_prompt", spec.ciPrompt())
                        .put("title_manually_set", task.titleManuallySet())
                        .put("automation_id", task.automationId())
                        .put(LATEST_RUN, task.latestRunId())
                        .put(RUNS, 0L)
                        .put("deleted", task.deleted())
                        .put("version", 1L)
                        .put("created_at", task.createdAt())
                        .put("updated_at", task.updatedAt())
                        .put(Table.LISTING, listing(task));
        var person = task.createdBy();
        if (person != null) {
            item.put("created_by_id", person.id())
                    .put("created_by_uuid", person.uuid())
                    .put("created_by_distinct_id", person.distinctId())
                    .put("created_by_first_name", person.firstName())
                    .put("created_by_last_name", person.lastName())
                    .put("created_by_email", person.email());
        }
        return item;
    }

    static Task read(Item item) {
        return new Task(
                item.uuid(Item.SK),
                item.number("project_id", 0),
                item.number("number", 0),
                item.text("slug"),
                new TaskSpec(
                        item.text("title"),
                        item.text("description"),
                        item.text("origin_product"),
                        item.textOrNull("repository"),
                        item.numberOrNull("github_integration"),
                        item.textOrNull("json_schema"),
                        item.flag("internal"),
                        item.textOrNull("ci_prompt")),
                item.flag("title_manually_set"),
                person(item),
                item.uuidOrNull("automation_id"),
                item.uuidOrNull(LATEST_RUN),
                item.flag("deleted"),
                item.time("created_at"),
                item.time("updated_at"));
    }

    /// The change that gives an item the wording of a task.
    static Change edit(Change change, Task to) {
        var spec = to.spec();
        return change.set("title", spec.title())
                .set("description", spec.description())
                .set("origin_product", spec.originProduct())
                .set("repository", spec.repository())
                .set("github_integration", spec.githubIntegration())
                .set("json_schema", spec.jsonSchema())
                .set("internal", spec.internal())
                .set("ci_prompt", spec.ciPrompt())
                .set("title_manually_set", to.titleManuallySet())
                .set("deleted", to.deleted())
                .set("updated_at", to.updatedAt())
                .set(Table.LISTING, listing(to))
                .ifPresent();
    }

    /// The prefix of the places in the list of internal tasks, or of all others. Ids are in order
    /// of creation.
    static String listed(boolean internal) {
        return internal ? "INTERNAL#" : "TASK#";
    }

    private static @Nullable String listing(Task task) {
        return task.deleted() ? null : listed(task.spec().internal()) + task.id();
    }

    private static @Nullable Person person(Item item) {
        var uuid = item.uuidOrNull("created_by_uuid");
        return uuid == null
                ? null
                : new Person(
                        item.number("created_by_id", 0),
                        uuid,
                        item.text("created_by_distinct_id"),
                        item.text("created_by_first_name"),
                        item.text("created_by_last_name"),
                        item.textOrNull("created_by_email"));
    }
}
