package nightshift.run;

import nightshift.automation.RunEffect;
import nightshift.testing.World;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Runs in memory.
public final class InMemoryTaskRuns implements TaskRuns {
    private static final Duration TOUCH_PRECISION = Duration.ofMinutes(5);
    private static final Comparator<TaskRun> NEWEST_FIRST =
            Comparator.comparing((TaskRun run) -> run.id().toString()).reversed();

    private final World world;

    public InMemoryTaskRuns(World world) {
        this.world = world;
    }

    @Override
    public Optional<TaskRun> find(RunKey key) {
        synchronized (world) {
            return Optional.ofNullable(world.runs.get(key));
        }
    }

    @Override
    public List<TaskRun> all(List<RunKey> keys) {
        synchronized (world) {
            return keys.stream().distinct().map(world.runs::get).filter(Objects::nonNull).toList();
        }
    }

    @Override
    public Listed of(long projectId, UUID taskId, int offset, int limit) {
        synchronized (world) {
            var all =
                    world.runs.values().stream()
                            .filter(run -> run.key().projectId() == projectId)
                            .filter(run -> run.key().taskId().equals(taskId))
                            .sorted(NEWEST_FIRST)
                            .toList();
            return new Listed(all.size(), all.stream().skip(offset).limit(limit).toList());
        }
    }

    @Override
    public Listed in(long projectId, RunFilter filter, int offset, int limit) {
        synchronized (world) {
            var wanted =
                    world.runs.values().stream()
                            .filter(run -> run.key().projectId() == projectId)
                            .filter(run -> isWanted(run, filter))
                            .sorted(
                                    Comparator.comparing((TaskRun run) -> run.id().toString())
                                            .reversed())
                            .map(run -> run.withArtifacts(List.of()))
                            .toList();
            return new Listed(wanted.size(), wanted.stream().skip(offset).limit(limit).toList());
        }
    }

    @Override
    public List<RunKey> keys(long projectId, @Nullable RunStatus status, @Nullable String stage) {
        synchronized (world) {
            return world.runs.values().stream()
                    .filter(run -> run.key().projectId() == projectId)
                    .filter(run -> status == null || run.status() == status)
                    .filter(run -> stage == null || stage.equals(run.place().stage()))
                    .map(TaskRun::key)
                    .toList();
        }
    }

    private boolean isWanted(TaskRun run, RunFilter filter) {
        var task = world.tasks.get(new World.Id(run.key().projectId(), run.key().taskId()));
        var created = run.times().created().truncatedTo(ChronoUnit.MILLIS);
        var from = filter.from();
        var to = filter.to();
        return (filter.status() == null || filter.status() == run.status())
                && (filter.automationId() == null
                        || filter.automationId().equals(run.automationId()))
                && filter.isIn(task == null ? null : task.spec().repository())
                && (from == null || !created.isBefore(from.truncatedTo(ChronoUnit.MILLIS)))
                && (to == null || !created.isAfter(to));
    }

    @Override
    public Optional<TaskRun> add(Supplier<TaskRun> run) {
        synchronized (world) {
            var added = run.get();
            var task = new World.Id(added.key().projectId(), added.key().taskId());
            if (!world.tasks.containsKey(task)) {
                return Optional.empty();
            }
            if (!world.runs.containsKey(added.key())) {
                world.keep(added);
            }
            return find(added.key());
        }
    }

    @Override
    public Optional<TaskRun> update(RunKey key, UnaryOperator<TaskRun> change) {
        synchronized (world) {
            var from = world.runs.get(key);
            if (from == null) {
                return Optional.empty();
            }
            var to = followed(from, change.apply(from));
            world.runs.put(key, to);
            return Optional.of(to);
        }
    }

    @Override
    public Optional<TaskRun> countFailure(RunKey key, Instant now) {
        synchronized (world) {
            var run = world.runs.get(key);
            var automationId = run == null ? null : run.automationId();
            if (run == null || automationId == null || !world.isLatest(run)) {
                return Optional.ofNullable(run);
            }
            var id = new World.Id(key.projectId(), automationId);
            Optional.ofNullable(world.automations.get(id))
                    .flatMap(automation -> RunEffect.ofDroppedRetry(automation, run, now))
                    .ifPresent(effect -> {
                        world.automations.put(id, effect.automation());
                        world.runs.put(key, effect.run());
                    });
            return find(key);
        }
    }

    private TaskRun followed(TaskRun from, TaskRun to) {
        var automationId = to.automationId();
        if (automationId == null || (from.status() == to.status() && !to.status().failed())) {
            return to;
        }
        if (from.status() != to.status()) {
            world.show(to.key().projectId(), automationId, to);
        }
        var id = new World.Id(to.key().projectId(), automationId);
        var automation = world.automations.get(id);
        if (automation == null) {
            return to;
        }
        boolean temporary = to.report().state().replace(" ", "").contains("\"transient\":true");
        var effect = RunEffect.of(automation, from, to, temporary);
        world.automations.put(id, effect.automation());
        return effect.run();
    }

    @Override
    public Optional<TaskRun> addArtifacts(RunKey key, List<Artifact> artifacts, Instant now) {
        synchronized (world) {
            return Optional.ofNullable(
                    world.runs.computeIfPresent(key, (_, run) -> with(run, artifacts, now)));
        }
    }

    @Override
    public Optional<Artifact> artifact(RunKey key, String storagePath) {
        return find(key).stream()
                .flatMap(run -> run.artifacts().stream())
                .filter(artifact -> artifact.storagePath().equals(storagePath))
                .findFirst();
    }

    @Override
    public void touch(TaskRun run, Instant now) {
        synchronized (world) {
            if (!run.waits() && run.times().touched().plus(TOUCH_PRECISION).isBefore(now)) {
                world.runs.computeIfPresent(
                        run.key(),
                        (_, kept) ->
                                kept.times().touched().isBefore(now)
                                        ? touched(kept, kept.times().updated(), now)
                                        : kept);
            }
        }
    }

    @Override
    public void announced(RunKey key, Instant now) {
        synchronized (world) {
            world.runs.computeIfPresent(
                    key,
                    (_, kept) ->
                            kept.waits() && kept.times().touched().isBefore(now)
                                    ? touched(kept, kept.times().updated(), now)
                                    : kept);
        }
    }

    @Override
    public Stream<RunKey> untouched(Lease lease, Instant before) {
        synchronized (world) {
            return world.runs.values().stream()
                    .filter(run -> Lease.of(run) == lease)
                    .filter(run -> run.times().touched().isBefore(before))
                    .sorted(Comparator.comparing((TaskRun run) -> run.times().touched()))
                    .map(TaskRun::key)
                    .toList()
                    .stream();
        }
    }

    private static TaskRun with(TaskRun run, List<Artifact> more, Instant now) {
        var artifacts = new ArrayList<>(run.artifacts());
        for (var artifact : more) {
            if (artifacts.stream()
                    .noneMatch(kept -> kept.storagePath().equals(artifact.storagePath()))) {
                artifacts.add(artifact);
            }
        }
        return artifacts.size() == run.artifacts().size()
                ? run
                : touched(run.withArtifacts(artifacts), now, now);
    }

    private static TaskRun touched(TaskRun run, Instant updatedAt, Instant touchedAt) {
        var times = run.times();
        return run.with(new RunTimes(times.created(), updatedAt, times.completed(), touchedAt));
    }
}
