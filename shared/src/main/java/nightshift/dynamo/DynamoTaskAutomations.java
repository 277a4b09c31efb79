package nightshift.dynamo;

import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.run.TaskRun;
import nightshift.task.Task;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The automations in the table.
public final class DynamoTaskAutomations implements TaskAutomations {
    /// A function that adds an automation lives no longer, clocks that differ included.
    private static final Duration ADDING_ENDS = Duration.ofMinutes(2);

    /// The index's order.
    private static final Comparator<Item> IN_ORDER =
            Comparator.comparing(
                    item -> item.text(Table.LISTING).getBytes(StandardCharsets.UTF_8),
                    Arrays::compareUnsigned);

    private final Table table;
    private final long mostPerProject;
    private final Clock clock;

    /// @param mostPerProject how many automations a project may have
    public DynamoTaskAutomations(Table table, long mostPerProject, Clock clock) {
        this.table = table;
        this.mostPerProject = mostPerProject;
        this.clock = clock;
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

    @Override
    public Listed in(long projectId, Predicate<TaskAutomation> test, int offset, int limit) {
        var passed =
                table.allOf(AutomationItem.partition(projectId)).stream()
                        .sorted(IN_ORDER)
                        .map(AutomationItem::read)
                        .filter(test)
                        .toList();
        return new Listed(passed.size(), passed.stream().skip(offset).limit(limit).toList());
    }

    private long count(long projectId) {
        return table.get(ProjectItem.key(projectId))
                .map(project -> project.number(ProjectItem.AUTOMATIONS, 0))
                .orElse(0L);
    }

    @Override
    public boolean add(TaskAutomation automation, Task task) {
        var project = ProjectItem.key(automation.projectId());
        var reservation =
                ProjectItem.reserveAutomation(
                        table.change(project), mostPerProject, clock.instant());
        var reserved = table.changed(reservation);
        if (reserved.isEmpty()) {
            return find(automation.projectId(), automation.id()).isPresent();
        }
        var numbered = ProjectItem.numbered(task, reserved.get());
        boolean isNew =
                table.retryConflicts(() -> {
                    var written =
                            table.write(
                                    table.putNew(TaskItem.write(numbered)),
                                    table.putNew(AutomationItem.write(automation)));
                    return written.conflicted() ? null : written.done();
                });
        if (!isNew) {
            table.write(ProjectItem.releaseAutomation(table.change(project), reserved.get()));
        }
        return true;
    }

    @Override
    public Optional<TaskAutomation> update(
            long projectId, UUID id, UnaryOperator<TaskAutomation> change) {
        return Retries.update(
                () -> find(projectId, id),
                change,
                (from, to) -> {
                    var row = table.change(AutomationItem.key(projectId, id));
                    var reworded =
                            table.change(TaskItem.key(projectId, from.taskId()))
                                    .set("title", to.spec().name())
                                    .set("description", to.spec().prompt())
                                    .set(
                                            "repository",
                                            to.spec().repository().isEmpty()
                                                    ? null
                                                    : to.spec().repository())
                                    .set("github_integration", to.spec().githubIntegration())
                                    .set("updated_at", to.updatedAt())
                                    .add(RunItem.VERSION, 1)
                                    .ifPresent();
                    return table.write(
                                    AutomationItem.edit(row, from, to).inTransaction(),
                                    reworded.inTransaction())
                            .done();
                });
    }

    @Override
    public Optional<TaskAutomation> updatePolicy(
            long projectId, UUID id, UnaryOperator<TaskAutomation> change) {
        var key = AutomationItem.key(projectId, id);
        return Retries.update(
                () -> find(projectId, id),
                change,
                (from, to) -> table.write(AutomationItem.editPolicy(table.change(key), from, to)));
    }

    @Override
    public boolean remove(long projectId, UUID id, Consumer<TaskAutomation> check) {
        var key = AutomationItem.key(projectId, id);
        var project = ProjectItem.key(projectId);
        return table.retryConflicts(() -> {
            var found = table.getAll(List.of(key, project));
            if (found.size() < 2) {
                return false;
            }
            var current = AutomationItem.read(found.getFirst());
            check.accept(current);
            var written =
                    table.write(
                            table.deleteIfStill(key, AutomationItem.EDITION, current.edition()),
                            table.change(TaskItem.key(projectId, current.taskId()))
                                    .remove("automation_id")
                                    .ifPresent()
                                    .inTransaction());
            if (!written.done()) {
                return null;
            }
            table.write(ProjectItem.releaseAutomation(table.change(project), found.getLast()));
            return true;
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
            var previous = RunStart.cancelPrevious(table, automation, started);
            var after = previous.automation().started(RunStart.last(started));
            var writes = previous.writes();
            writes.add(
                    RunStart.lastOfAutomation(table, automation, after, started).inTransaction());
            var written = RunStart.write(table, started, writes);
            return written.done() || RunStart.wasThere(written, writes.size())
                    ? Optional.of(after)
                    : null;
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
    public boolean recount(long projectId) {
        var found = table.get(ProjectItem.key(projectId));
        if (found.isEmpty()) {
            return false;
        }
        var project = found.get();
        var reservedAt = project.timeOrNull(ProjectItem.RESERVED_AT);
        if (reservedAt != null && clock.instant().isBefore(reservedAt.plus(ADDING_ENDS))) {
            return false;
        }
        long counted = project.number(ProjectItem.AUTOMATIONS, 0);
        long there = table.count(AutomationItem.partition(projectId));
        return there != counted
                && table.write(
                        ProjectItem.recount(
                                table.change(ProjectItem.key(projectId)), project, there));
    }

    @Override
    public Stream<TaskAutomation> all(long projectId) {
        return table.stream(AutomationItem.partition(projectId)).map(AutomationItem::read);
    }
}
