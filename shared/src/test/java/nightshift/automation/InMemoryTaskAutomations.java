package nightshift.automation;

import nightshift.run.TaskRun;
import nightshift.task.Task;
import nightshift.testing.World;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Automations in memory.
public final class InMemoryTaskAutomations implements TaskAutomations {
    private static final Comparator<String> BY_CODE_POINT =
            Comparator.comparing(text -> text.codePoints().toArray(), Arrays::compare);

    /// The order of the list.
    static final Comparator<TaskAutomation> IN_ORDER =
            Comparator.comparing(
                            (TaskAutomation automation) -> ignoringCase(automation.spec().name()),
                            BY_CODE_POINT)
                    .thenComparing(automation -> automation.spec().name(), BY_CODE_POINT)
                    .thenComparing(TaskAutomation::createdAt, Comparator.reverseOrder())
                    .thenComparing(automation -> automation.id().toString());

    private final World world;
    private final long mostPerProject;

    public InMemoryTaskAutomations(World world, long mostPerProject) {
        this.world = world;
        this.mostPerProject = mostPerProject;
    }

    @Override
    public Optional<TaskAutomation> find(long projectId, UUID id) {
        synchronized (world) {
            return Optional.ofNullable(world.automations.get(new World.Id(projectId, id)));
        }
    }

    @Override
    public Listed in(long projectId, int offset, int limit) {
        synchronized (world) {
            var all = inProject(projectId);
            return new Listed(
                    all.size(), all.stream().sorted(IN_ORDER).skip(offset).limit(limit).toList());
        }
    }

    @Override
    public Listed in(long projectId, Predicate<TaskAutomation> test, int offset, int limit) {
        synchronized (world) {
            var passed = inProject(projectId).stream().filter(test).sorted(IN_ORDER).toList();
            return new Listed(passed.size(), passed.stream().skip(offset).limit(limit).toList());
        }
    }

    @Override
    public boolean add(TaskAutomation automation, Task task) {
        synchronized (world) {
            if (find(automation.projectId(), automation.id()).isPresent()) {
                return true;
            }
            if (inProject(automation.projectId()).size() >= mostPerProject) {
                return false;
            }
            world.number(task);
            world.automations.put(
                    new World.Id(automation.projectId(), automation.id()), automation);
            return true;
        }
    }

    @Override
    public Optional<TaskAutomation> update(
            long projectId, UUID id, UnaryOperator<TaskAutomation> change) {
        synchronized (world) {
            var current = find(projectId, id);
            if (current.isEmpty()) {
                return Optional.empty();
            }
            var to = change.apply(current.get());
            world.automations.put(new World.Id(projectId, id), to);
            world.tasks.computeIfPresent(
                    new World.Id(projectId, to.taskId()), (_, task) -> worded(task, to));
            return Optional.of(to);
        }
    }

    @Override
    public Optional<TaskAutomation> updatePolicy(
            long projectId, UUID id, UnaryOperator<TaskAutomation> change) {
        synchronized (world) {
            var changed = find(projectId, id).map(change);
            changed.ifPresent(to -> world.automations.put(new World.Id(projectId, id), to));
            return changed;
        }
    }

    @Override
    public boolean remove(long projectId, UUID id, Consumer<TaskAutomation> check) {
        synchronized (world) {
            var removed = world.automations.get(new World.Id(projectId, id));
            if (removed == null) {
                return false;
            }
            check.accept(removed);
            world.automations.remove(new World.Id(projectId, id));
            world.tasks.computeIfPresent(
                    new World.Id(projectId, removed.taskId()),
                    (_, task) -> task.ofAutomation(null));
            return true;
        }
    }

    @Override
    public Optional<TaskAutomation> start(
            long projectId, UUID id, Function<TaskAutomation, TaskRun> run) {
        synchronized (world) {
            return find(projectId, id)
                    .map(automation -> {
                        var started = run.apply(automation);
                        return world.runs.containsKey(started.key())
                                ? automation.started(World.last(started))
                                : world.start(automation, started);
                    });
        }
    }

    @Override
    public void fail(TaskAutomation automation, @Nullable String error, Instant now) {
        synchronized (world) {
            world.automations.computeIfPresent(
                    new World.Id(automation.projectId(), automation.id()),
                    (_, current) ->
                            current.edition() == automation.edition()
                                    ? current.failed(error, now)
                                    : current);
        }
    }

    @Override
    public boolean recount(long projectId) {
        return false; // counted anew each time
    }

    @Override
    public Stream<TaskAutomation> all(long projectId) {
        synchronized (world) {
            return inProject(projectId).stream();
        }
    }

    private List<TaskAutomation> inProject(long projectId) {
        return world.automations.values().stream()
                .filter(automation -> automation.projectId() == projectId)
                .toList();
    }

    private static String ignoringCase(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static Task worded(Task task, TaskAutomation automation) {
        var spec = automation.spec();
        var worded =
                task.spec()
                        .worded(
                                spec.name(),
                                spec.prompt(),
                                spec.repository().isEmpty() ? null : spec.repository(),
                                spec.githubIntegration());
        return task.with(worded, false, automation.updatedAt());
    }
}
