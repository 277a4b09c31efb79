package nightshift.dynamo;

import nightshift.automation.AutomationSpec;
import nightshift.task.Task;
import nightshift.task.Tasks;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// The tasks in the table.
public final class DynamoTasks implements Tasks {
    private final Table table;

    public DynamoTasks(Table table) {
        this.table = table;
    }

    @Override
    public Optional<Task> find(long projectId, UUID id) {
        return table.get(TaskItem.key(projectId, id)).map(TaskItem::read);
    }

    @Override
    public Map<UUID, Task> all(long projectId, Collection<UUID> ids) {
        return read(ids.stream().map(id -> TaskItem.key(projectId, id)).toList()).stream()
                .collect(Collectors.toMap(Task::id, Function.identity()));
    }

    @Override
    public Listed in(long projectId, boolean internal, int offset, int limit) {
        var page =
                table.page(
                        TaskItem.partition(projectId),
                        TaskItem.listed(internal),
                        false,
                        offset,
                        limit);
        return new Listed(page.count(), read(page.keys()));
    }

    @Override
    public Listed in(
            long projectId, boolean internal, Predicate<Task> test, int offset, int limit) {
        var passed = read(keys(projectId, internal)).stream().filter(test).toList();
        return new Listed(passed.size(), passed.stream().skip(offset).limit(limit).toList());
    }

    @Override
    public Task add(Task task) {
        var project = table.change(ProjectItem.key(task.projectId()));
        var reserved = table.changed(ProjectItem.reserveNumber(project)).orElseThrow();
        var numbered = ProjectItem.numbered(task, reserved);
        return table.putOrGet(TaskItem.write(numbered)).map(TaskItem::read).orElse(numbered);
    }

    @Override
    public Optional<Task> update(long projectId, UUID id, UnaryOperator<Task> change) {
        return table.retryConflicts(() -> {
            var item = table.get(TaskItem.key(projectId, id));
            var current = item.map(TaskItem::read).filter(task -> !task.deleted());
            if (current.isEmpty()) {
                return Optional.empty();
            }
            var to = change.apply(current.get());
            var edited =
                    TaskItem.edit(table.change(TaskItem.key(projectId, id)), to)
                            .add(RunItem.VERSION, 1)
                            .ifStill(RunItem.VERSION, item.get().numberOrNull(RunItem.VERSION));
            if (to.automationId() == null || sameWording(current.get(), to)) {
                return table.write(edited) ? Optional.of(to) : null;
            }
            var automation = table.get(AutomationItem.key(projectId, to.automationId()));
            if (automation.isEmpty()) {
                return null; // it is being deleted: the task will say so in a moment
            }
            var from = AutomationItem.read(automation.get());
            var reworded = from.with(reworded(from.spec(), to), to.updatedAt());
            var automationEdited =
                    AutomationItem.edit(
                            table.change(AutomationItem.key(projectId, from.id())), from, reworded);
            var written = table.write(edited.inTransaction(), automationEdited.inTransaction());
            return written.done() ? Optional.of(to) : null;
        });
    }

    @Override
    public boolean delete(long projectId, UUID id) {
        return update(projectId, id, Task::gone).isPresent();
    }

    /// Whether the automation, which shares its wording with the task, stays as it is.
    private static boolean sameWording(Task from, Task to) {
        return from.spec().title().equals(to.spec().title())
                && from.spec().description().equals(to.spec().description())
                && Objects.equals(from.spec().repository(), to.spec().repository())
                && Objects.equals(from.spec().githubIntegration(), to.spec().githubIntegration());
    }

    private static AutomationSpec reworded(AutomationSpec spec, Task task) {
        var repository = task.spec().repository();
        return new AutomationSpec(
                task.spec().title(),
                task.spec().description(),
                repository == null ? "" : repository,
                task.spec().githubIntegration(),
                spec.cron(),
                spec.timezone(),
                spec.templateId(),
                spec.enabled());
    }

    private List<Item> keys(long projectId, boolean internal) {
        return table.listed(TaskItem.partition(projectId), TaskItem.listed(internal), false);
    }

    private List<Task> read(List<Item> keys) {
        return table.getAll(keys).stream().map(TaskItem::read).toList();
    }
}
