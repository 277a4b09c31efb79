package nightshift.dynamo;

import nightshift.keys.ProjectData;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Deletes the rows of a project. They are found from the project: its automations, its tasks, and
/// from each task its runs, their logs and the occurrences of its automation.
///
/// While a project is being erased, its row has another sort key, so callers do not find it.
public final class ProjectRows implements ProjectData {
    private static final String ERASING = "ERASING";
    private static final int PAGE = 50;

    private final Table table;

    /// @param table the service's table
    public ProjectRows(Table table) {
        this.table = table;
    }

    @Override
    public Optional<String> name(long projectId) {
        return table.get(ProjectItem.key(projectId))
                .or(() -> table.get(erasing(projectId)))
                .map(row -> row.text("name"));
    }

    @Override
    public void close(long projectId) {
        var project = table.get(ProjectItem.key(projectId));
        if (project.isPresent()) {
            table.write(
                    table.delete(ProjectItem.key(projectId)),
                    table.delete(DynamoApiKeyStore.listed(projectId)),
                    table.put(erasing(projectId).put("name", project.get().text("name"))));
        }
    }

    @Override
    public int deleteRows(long projectId, int most) {
        int deleted = deleteOf("AUTOMATIONS#" + projectId, most);
        while (deleted < most) {
            var tasks = page("TASKS#" + projectId, 1);
            if (tasks.isEmpty()) break;
            deleted += deleteTask(projectId, tasks.getFirst(), most - deleted);
        }
        for (var partition : List.of("SCHEDULES#", "CHANNELS#", "DELIVERIES#", "KEY_USES#")) {
            if (deleted < most) deleted += deleteOf(partition + projectId, most - deleted);
        }
        if (deleted < most) deleted += deleteOccurrences(projectId, most - deleted);
        return deleted < most ? deleted + deleteKeys(projectId) : deleted;
    }

    /// Those of automations that were deleted before: no task names them any more.
    private int deleteOccurrences(long projectId, int most) {
        var list = OccurrenceItem.projectList(projectId);
        return table.before(Table.BY_PROJECT, Table.PROJECT_LIST, list, Table.LIST_ORDER, "~")
                .limit(most)
                .mapToInt(this::delete)
                .sum();
    }

    @Override
    public void forget(long projectId) {
        table.write(table.delete(erasing(projectId)));
    }

    private int deleteTask(long projectId, Item task, int most) {
        var ofTask = projectId + "#" + task.text(Item.SK);
        int deleted = 0;
        for (var run : page("RUNS#" + ofTask, PAGE)) {
            if (!RunItem.isArtifact(run)) {
                deleted += deleteOf("LOGS#" + ofTask + "#" + run.text(Item.SK), most);
            }
            if (deleted >= most) return deleted;
            deleted += delete(run);
        }
        var automation = task.textOrNull("automation_id");
        if (automation != null && deleted < most) {
            deleted += deleteOf("OCCURRENCES#" + projectId + "#" + automation, most - deleted);
        }
        boolean empty = deleted < most && page("RUNS#" + ofTask, 1).isEmpty();
        return empty ? deleted + delete(task) : deleted;
    }

    private int deleteOf(String partition, int most) {
        int deleted = 0;
        for (var rows = page(partition, PAGE); !rows.isEmpty(); rows = page(partition, PAGE)) {
            for (var row : rows) {
                if (deleted >= most) return deleted;
                deleted += delete(row);
            }
        }
        return deleted;
    }

    private int deleteKeys(long projectId) {
        int deleted = 0;
        for (var key : table.allOf("API_KEYS")) {
            if (List.of(projectId).equals(key.numbersOrNull("projects"))) deleted += delete(key);
        }
        return deleted;
    }

    private List<Item> page(String partition, int most) {
        return table.descending(partition, Map.of(), most).items();
    }

    private int delete(Item row) {
        table.write(table.delete(Item.keyed(row.text(Item.PK), row.text(Item.SK))));
        return 1;
    }

    private static Item erasing(long projectId) {
        return Item.keyed("PROJECT#" + projectId, ERASING);
    }
}
