package nightshift.task;

import nightshift.automation.AutomationSpec;
import nightshift.automation.TaskAutomation;
import nightshift.testing.World;

import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Tasks in memory.
public final class InMemoryTasks implements Tasks {
    private static final Comparator<Task> NEWEST_FIRST =
            Comparator.comparing((Task task) -> task.id().toString()).reversed();

    private final World world;

    public InMemoryTasks(World world) {
        this.world = world;
    }

    @Override
    public Optional<Task> find(long projectId, UUID id) {
        synchronized (world) {
            return Optional.ofNullable(world.tasks.get(new World.Id(projectId, id)));
        }
    }

    @Override
    public Map<UUID, Task> all(long projectId, Collection<UUID> ids) {
        return ids.stream()
                .flatMap(id -> find(projectId, id).stream())
                .collect(Collectors.toMap(Task::id, Function.identity()));
    }

    @Override
    public Listed in(long projectId, boolean internal, int offset, int limit) {
        return in(projectId, internal, _ -> true, offset, limit);
    }

    @Override
    public Listed in(
            long projectId, boolean internal, Predicate<Task> test, int offset, int limit) {
        synchronized (world) {
            var passed =
                    world.tasks.values().stream()
                            .filter(task -> task.projectId() == projectId && !task.deleted())
                            .filter(task -> task.spec().internal() == internal)
                            .filter(test)
                            .sorted(NEWEST_FIRST)
                            .toList();
            return new Listed(passed.size(), passed.stream().skip(offset).limit(limit).toList());
        }
    }

    @Override
    public Task add(Task task) {
        synchronized (world) {
            return world.number(task);
        }
    }

    @Override
    public Optional<Task> update(long projectId, UUID id, UnaryOperator<Task> change) {
        synchronized (world) {
            var current = find(projectId, id).filter(task -> !task.deleted());
            if (current.isEmpty()) {
                return Optional.empty();
            }
            var to = change.apply(current.get());
            world.tasks.put(new World.Id(projectId, id), to);
            if (to.automationId() != null) {
                world.automations.computeIfPresent(
                        new World.Id(projectId, to.automationId()),
                        (_, automation) -> reworded(automation, to));
            }
            return Optional.of(to);
        }
    }

    @Override
    public boolean delete(long projectId, UUID id) {
        return update(projectId, id, Task::gone).isPresent();
    }

    private static TaskAutomation reworded(TaskAutomation automation, Task task) {
        var spec = automation.spec();
        var repository = task.spec().repository();
        var reworded =
                new AutomationSpec(
                        task.spec().title(),
                        task.spec().description(),
                        repository == null ? "" : repository,
                        task.spec().githubIntegration(),
                        spec.cron(),
                        spec.timezone(),
                        spec.templateId(),
                        spec.enabled());
        return reworded.equals(spec) ? automation : automation.with(reworded, task.updatedAt());
    }
}
