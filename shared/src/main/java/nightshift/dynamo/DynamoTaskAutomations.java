package nightshift.dynamo;

import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.run.TaskRun;
import nightshift.task.Task;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The automations in the table.
public final class DynamoTaskAutomations implements TaskAutomations {
    private final Table table;
    private final long mostPerProject;

    /// @param mostPerProject how many automations a project may have
    public DynamoTaskAutomations(Table table, long mostPerProject) {
        this.table = table;
        this.mostPerProject = mostPerProject;
    }

    @Override
    public Optional<TaskAutomation> find(long projectId, UUID id) {
        return table.get(AutomationItem.key(projectId, id)).map(AutomationItem::read);
    }

    @Override
    public Listed in(long projectId, int offset, int limit) {
        var page =
                table.page(
                        AutomationItem.partition(projectId), offset, limit, () -> count(projectId));
        var items = table.getAll(page.keys());
        return new Listed(page.count(), items.stream().map(AutomationItem::read).toList());
    }

    private long count(long projectId) {
        return table.get(ProjectItem.key(projectId))
                .map(project -> project.number(ProjectItem.AUTOMATIONS, 0))
                .orElse(0L);
    }

    @Override
    public boolean add(TaskAutomation automation, Task task) {
        var projectKey = ProjectItem.key(automation.projectId());
        return table.retryConflicts(() -> {
            var project = table.get(projectKey).orElseThrow();
            long automations = project.number(ProjectItem.AUTOMATIONS, 0);
            if (automations >= mostPerProject) {
                return false;
            }
            var numbered = ProjectItem.number(task, project);
            var written =
                    table.write(
                            ProjectItem.count(table.change(projectKey), project)
                                    .add(ProjectItem.AUTOMATIONS, 1)
                                    .ifBefore(ProjectItem.AUTOMATIONS, mostPerProject)
                                    .inTransaction(),
                            table.put(TaskItem.write(numbered)),
                            table.put(AutomationItem.write(automation)));
            return written.done() ? true : null;
        });
    }

    @Override
    public Optional<TaskAutomation> update(
            long projectId, UUID id, UnaryOperator<TaskAutomation> change) {
        return table.retryConflicts(() -> {
            var current = find(projectId, id);
            if (current.isEmpty()) {
                return Optional.empty();
            }
            var from = current.get();
            var to = change.apply(from);
            var edited =
                    AutomationItem.edit(table.change(AutomationItem.key(projectId, id)), from, to);
            var reworded =
                    table.change(TaskItem.key(projectId, from.taskId()))
                            .set("title", to.spec().name())
                            .set("description", to.spec().prompt())
                            .set("repository", to.spec().repository())
                            .set("github_integration", to.spec().githubIntegration())
                            .set("updated_at", to.updatedAt())
                            .add(RunItem.VERSION, 1)
                            .ifPresent();
            var written = table.write(edited.inTransaction(), reworded.inTransaction());
            return written.done() ? Optional.of(to) : null;
        });
    }

    @Override
    public boolean remove(long projectId, UUID id) {
        return table.retryConflicts(() -> {
            var current = find(projectId, id);
            if (current.isEmpty()) {
                return false;
            }
            var written =
                    table.write(
                            table.deleteIfPresent(AutomationItem.key(projectId, id)),
                            table.change(TaskItem.key(projectId, current.get().taskId()))
                                    .remove("automation_id")
                                    .ifPresent()
                                    .inTransaction(),
                            table.change(ProjectItem.key(projectId))
                                    .add(ProjectItem.AUTOMATIONS, -1)
                                    .ifPresent()
                                    .inTransaction());
            return written.done() ? true : null;
        });
    }

    @Override
    public Optional<TaskAutomation> start(
            long projectId, UUID id, Function<TaskAutomation, TaskRun> run) {
        return table.retryConflicts(() -> {
            var current = find(projectId, id);
            if (current.isEmpty()) {
                return Optional.empty();
            }
            var automation = current.get();
            var started = run.apply(automation);
            var last = RunStart.lastOfAutomation(table, automation, started);
            var written = RunStart.write(table, started, last.inTransaction());
            return written.done() ? Optional.of(automation.started(RunStart.last(started))) : null;
        });
    }

    @Override
    public void fail(TaskAutomation automation, @Nullable String error, Instant now) {
        table.write(
                table.change(AutomationItem.key(automation.projectId(), automation.id()))
                        .set("last_error", error)
                        .set("updated_at", now)
                        .ifPresent()
                        .ifStill(AutomationItem.EDITION, (Long) automation.edition()));
    }

    @Override
    public Stream<TaskAutomation> all() {
        return table.scan(AutomationItem.PARTITION).map(AutomationItem::read);
    }
}
