package nightshift.dynamo;

import nightshift.dynamo.Ranges.Range;
import nightshift.run.Artifact;
import nightshift.run.Lease;
import nightshift.run.RunFilter;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The runs and their manifests in the table.
public final class DynamoTaskRuns implements TaskRuns {
    private static final Duration TOUCH_PRECISION = Duration.ofMinutes(5);

    private final Table table;

    public DynamoTaskRuns(Table table) {
        this.table = table;
    }

    @Override
    public Optional<TaskRun> find(RunKey key) {
        return read(whole(key)).stream().findFirst();
    }

    @Override
    public List<TaskRun> all(List<RunKey> keys) {
        var items = table.getAll(keys.stream().map(RunItem::key).toList());
        return items.stream()
                .map(item ->
                        item.flag(RunItem.HAS_ARTIFACTS)
                                ? find(RunItem.key(item)).orElseThrow()
                                : RunItem.read(item, List.of()))
                .toList();
    }

    @Override
    public Listed of(long projectId, UUID taskId, int offset, int limit) {
        var runs = Range.of(RunItem.partition(projectId, taskId), " ", RunItem.LAST);
        long count =
                table.get(TaskItem.key(projectId, taskId))
                        .map(task -> task.number(TaskItem.RUNS, -1))
                        .orElse(0L);
        if (count < 0 || table.lifetimes().runs() != null) { // what expires is not counted back
            count = table.ranges().count(runs, RunItem.SECRET);
        }
        if (offset >= count) {
            return new Listed(count, List.of());
        }
        // ids are in order of creation, and a run follows its manifest when read backwards
        var items = table.ranges().groups(runs, RunItem.SECRET, offset, limit);
        return new Listed(count, read(items.reversed()).reversed());
    }

    @Override
    public Listed in(long projectId, RunFilter filter, int offset, int limit) {
        var status = filter.status();
        var automation = filter.automationId();
        var range =
                Range.inProject(
                                RunItem.projectList(projectId),
                                filter.from() == null ? " " : RunItem.idsFrom(filter.from()),
                                filter.to() == null ? "~" : RunItem.idsFrom(filter.to()) + "~")
                        .only("status", status == null ? null : status.text())
                        .only("automation_id", automation == null ? null : automation.toString());
        var page =
                filter.repository() == null
                        ? table.ranges().page(range, offset, limit)
                        : inRepository(projectId, filter, range, offset, limit);
        var runs =
                table.getAll(page.keys()).stream()
                        .map(item -> RunItem.read(item, List.of()))
                        .toList();
        return new Listed(page.count(), runs);
    }

    private Listing.Page inRepository(
            long projectId, RunFilter filter, Range range, int offset, int limit) {
        var keys = table.ranges().all(range);
        var tasks = new HashSet<UUID>();
        keys.forEach(key -> tasks.add(RunItem.key(key).taskId()));
        table.getAll(tasks.stream().map(id -> TaskItem.key(projectId, id)).toList())
                .forEach(task -> {
                    if (!filter.isIn(task.textOrNull("repository")))
                        tasks.remove(task.uuid(Item.SK));
                });
        var wanted =
                keys.stream().filter(key -> tasks.contains(RunItem.key(key).taskId())).toList();
        return new Listing.Page(wanted.size(), wanted.stream().skip(offset).limit(limit).toList());
    }

    @Override
    public List<RunKey> keys(long projectId, @Nullable RunStatus status, @Nullable String stage) {
        var range =
                Range.inProject(RunItem.projectList(projectId), " ", "~")
                        .only("status", status == null ? null : status.text())
                        .only("stage", stage);
        return table.ranges().all(range).stream().map(RunItem::key).toList();
    }

    @Override
    public Optional<TaskRun> add(Supplier<TaskRun> run) {
        return table.retryConflicts(() -> {
            var added = run.get();
            var written = RunStart.write(table, added, List.of());
            if (written.done()) {
                return Optional.of(added);
            }
            if (RunStart.wasThere(written, 0)) {
                return find(added.key());
            }
            return written.conflicted() ? null : Optional.empty();
        });
    }

    @Override
    public Optional<TaskRun> update(RunKey key, UnaryOperator<TaskRun> change) {
        return table.retryConflicts(() -> {
            var items = whole(key);
            if (items.isEmpty() || RunItem.isArtifact(items.getFirst())) {
                return Optional.empty();
            }
            var from = read(items).getFirst();
            var to = change.apply(from);
            var followed = RunFollowers.of(table, from, to);
            return write(items.getFirst(), followed) ? Optional.of(followed.run()) : null;
        });
    }

    @Override
    public Optional<TaskRun> countFailure(RunKey key, Instant now) {
        return table.retryConflicts(() -> {
            var item = table.get(RunItem.key(key));
            if (item.isEmpty()) {
                return Optional.empty();
            }
            var run = RunItem.read(item.get(), List.of());
            var counted = RunFollowers.ofDroppedRetry(table, run, now);
            boolean done = counted.writes().isEmpty() || write(item.get(), counted);
            return done ? Optional.of(counted.run()) : null;
        });
    }

    /// Writes a changed run with its followers. Answers whether no other writer came between.
    private boolean write(Item read, RunFollowers followed) {
        var edited =
                RunItem.edit(table, followed.run())
                        .add(RunItem.VERSION, 1)
                        .ifStill(RunItem.VERSION, read.numberOrNull(RunItem.VERSION));
        if (followed.writes().isEmpty()) {
            return table.write(edited);
        }
        var writes = new ArrayList<>(followed.writes());
        writes.add(edited.inTransaction());
        return table.write(writes).done();
    }

    @Override
    public Optional<TaskRun> addArtifacts(RunKey key, List<Artifact> artifacts, Instant now) {
        // Most are new: what is there is looked up only when one turns out not to be.
        var present = new HashSet<String>();
        return table.retryConflicts(() -> {
            var added = new LinkedHashMap<String, Item>();
            for (var artifact : artifacts) {
                var kept = table.lifetimes().runs();
                var expiry = kept == null ? null : (Long) now.plus(kept).getEpochSecond();
                var item =
                        RunItem.write(key, artifact, now, added.size())
                                .put(Item.EXPIRES_AT, expiry);
                var place = item.text(Item.SK);
                if (!present.contains(place)) added.putIfAbsent(place, item);
            }
            if (added.isEmpty()) {
                return find(key);
            }
            var writes = new ArrayList<TransactWriteItem>();
            added.values().forEach(item -> writes.add(table.putNew(item)));
            writes.add(
                    table.change(RunItem.key(key))
                            .set(RunItem.HAS_ARTIFACTS, true)
                            .set("updated_at", now)
                            .set(RunItem.TOUCHED_AT, RunItem.sortable(now))
                            .ifPresent()
                            .inTransaction());
            var written = table.write(writes);
            if (written.done()) {
                return find(key);
            }
            if (written.refused(added.size())) {
                return Optional.empty(); // no such run
            }
            whole(key).forEach(item -> present.add(item.text(Item.SK)));
            return null;
        });
    }

    @Override
    public Optional<Artifact> artifact(RunKey key, String storagePath) {
        return table.get(RunItem.artifactKey(key, storagePath)).map(RunItem::artifact);
    }

    @Override
    public void touch(TaskRun run, Instant now) {
        if (!run.waits() && run.times().touched().plus(TOUCH_PRECISION).isBefore(now)) {
            table.write(
                    table.change(RunItem.key(run.key()))
                            .set(RunItem.TOUCHED_AT, RunItem.sortable(now))
                            .ifPresent()
                            .ifBefore(RunItem.TOUCHED_AT, RunItem.sortable(now)));
        }
    }

    @Override
    public void announced(RunKey key, Instant now) {
        table.write(
                table.change(RunItem.key(key))
                        .set(RunItem.TOUCHED_AT, RunItem.sortable(now))
                        .ifStill(RunItem.LEASE, RunItem.lease(Lease.QUEUED))
                        .ifBefore(RunItem.TOUCHED_AT, RunItem.sortable(now)));
    }

    @Override
    public Stream<RunKey> untouched(Lease lease, Instant before) {
        return table.before(
                        RunItem.BY_LEASE,
                        RunItem.LEASE,
                        RunItem.lease(lease),
                        RunItem.TOUCHED_AT,
                        RunItem.sortable(before))
                .map(RunItem::key);
    }

    private List<Item> whole(RunKey key) {
        var id = key.runId().toString();
        return table.between(RunItem.partition(key.projectId(), key.taskId()), id, RunItem.end(id));
    }

    private static List<TaskRun> read(List<Item> items) {
        var artifacts = new HashMap<String, List<Item>>();
        var runs = new ArrayList<Item>();
        for (var item : items) {
            if (RunItem.isArtifact(item)) {
                var run = item.text(Item.SK).substring(0, 36);
                artifacts.computeIfAbsent(run, _ -> new ArrayList<>()).add(item);
            } else {
                runs.add(item);
            }
        }
        return runs.stream()
                .map(run -> RunItem.read(run, artifacts.getOrDefault(run.text(Item.SK), List.of())))
                .toList();
    }
}
