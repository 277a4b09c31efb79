package nightshift.dynamo;

import nightshift.run.Artifact;
import nightshift.run.Lease;
import nightshift.run.QueueEntry;
import nightshift.run.RunClaim;
import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunOccurrence;
import nightshift.run.RunPlace;
import nightshift.run.RunReport;
import nightshift.run.RunStatus;
import nightshift.run.RunStreak;
import nightshift.run.RunTimes;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/// The items of a run: the run itself, followed by one item for each artifact.
final class RunItem {
    static final String PARTITION = "RUNS#";
    static final String BY_LEASE = "by_lease";
    static final String LEASE = "lease";
    static final String TOUCHED_AT = "touched_at";
    static final String SECRET = "secret";
    private static final String CLIENTS = "clients_own";
    static final String VERSION = "version";
    static final String HAS_ARTIFACTS = "has_artifacts";

    /// Sorts after every sort key that begins with a run's id.
    static final String LAST = "~";

    private RunItem() {}

    static String partition(long projectId, UUID taskId) {
        return PARTITION + projectId + "#" + taskId;
    }

    /// The partition of the list of all runs of a project.
    static String projectList(long projectId) {
        return PARTITION + projectId;
    }

    /// The first characters of the ids of runs that are created in a millisecond. An id has 48 bits
    /// for it.
    static String idsFrom(Instant time) {
        long seconds = Math.clamp(time.getEpochSecond(), 0, (1L << 48) / 1_000 - 1);
        long millis = seconds * 1_000 + time.getNano() / 1_000_000;
        return new UUID(millis << 16, 0).toString().substring(0, 13);
    }

    static Item key(RunKey run) {
        return Item.keyed(partition(run.projectId(), run.taskId()), run.runId().toString());
    }

    static Item artifactKey(RunKey run, String storagePath) {
        return Item.keyed(
                partition(run.projectId(), run.taskId()), run.runId() + "/" + storagePath);
    }

    /// A sort key after all items of a run.
    static String end(String runId) {
        return runId + LAST;
    }

    static boolean isArtifact(Item item) {
        return item.text(Item.SK).length() > 36;
    }

    static Item write(TaskRun run) {
        return key(run.key())
                .put("project_id", run.key().projectId())
                .put("task_id", run.key().taskId())
                .put("status", run.status().text())
                .put("environment", run.place().environment().text())
                .put("stage", run.place().stage())
                .put("branch", run.place().branch())
                .put("error_message", run.report().errorMessage())
                .put("output", run.report().output())
                .put("state", run.report().state())
                .put("automation_id", run.automationId())
                .put("started_by", run.startedBy())
                .put(
                        "scheduled_at",
                        run.occurrence() == null ? null : run.occurrence().scheduledAt())
                .put(
                        "attempt",
                        run.occurrence() == null ? null : (Long) (long) run.occurrence().attempt())
                .put("queue_entry", run.claim().queued().number())
                .put("queued_at", run.claim().queued().at())
                .put(SECRET, run.claim().secret())
                .put(CLIENTS, !run.claim().offered())
                .put("claimant", run.claim().claimant())
                .put(VERSION, 1L)
                .put("created_at", run.times().created())
                .put("updated_at", run.times().updated())
                .put("completed_at", run.times().completed())
                .put(TOUCHED_AT, sortable(run.times().touched()))
                .put(LEASE, lease(run))
                .put(Table.PROJECT_LIST, projectList(run.key().projectId()))
                .put(Table.LIST_ORDER, run.id().toString());
    }

    static TaskRun read(Item item, List<Item> artifacts) {
        return new TaskRun(
                key(item),
                RunStatus.of(item.text("status")),
                new RunPlace(
                        RunEnvironment.of(item.text("environment")),
                        item.textOrNull("stage"),
                        item.textOrNull("branch")),
                new RunReport(
                        item.textOrNull("error_message"),
                        item.textOrNull("output"),
                        item.text("state")),
                artifacts.stream()
                        .sorted(
                                Comparator.comparingLong(
                                        (Item artifact) -> artifact.number("ordinal", 0)))
                        .map(RunItem::artifact)
                        .toList(),
                item.uuidOrNull("automation_id"),
                item.textOrNull("started_by"),
                new RunClaim(
                        new QueueEntry(item.number("queue_entry", 0), item.time("queued_at")),
                        item.text(SECRET),
                        !item.flag(CLIENTS),
                        item.textOrNull("claimant")),
                new RunTimes(
                        item.time("created_at"),
                        item.time("updated_at"),
                        item.timeOrNull("completed_at"),
                        touchedAt(item)),
                occurrence(item),
                streak(item));
    }

    static RunKey key(Item item) {
        var partition = item.text(Item.PK).split("#", 3);
        return new RunKey(
                Long.parseLong(partition[1]), UUID.fromString(partition[2]), item.uuid(Item.SK));
    }

    /// The change that gives an item what a caller may change of a run. Its time to live begins
    /// when it has ended, so that no run is gone before its end.
    static Change edit(Table table, TaskRun to) {
        var kept = table.lifetimes().runs();
        var expiry =
                kept == null || !to.status().terminal()
                        ? null
                        : (Long) to.times().updated().plus(kept).getEpochSecond();
        return table.change(key(to.key()))
                .set(Item.EXPIRES_AT, expiry)
                .set("status", to.status().text())
                .set("environment", to.place().environment().text())
                .set("stage", to.place().stage())
                .set("branch", to.place().branch())
                .set("error_message", to.report().errorMessage())
                .set("output", to.report().output())
                .set("state", to.report().state())
                .set("queue_entry", to.claim().queued().number())
                .set("queued_at", to.claim().queued().at())
                .set("claimant", to.claim().claimant())
                .set("updated_at", to.times().updated())
                .set("completed_at", to.times().completed())
                .set(TOUCHED_AT, sortable(to.times().touched()))
                .set(LEASE, lease(to))
                .set(
                        "earlier_failures",
                        to.streak() == null ? null : (Long) (long) to.streak().earlier())
                .set(
                        "failures_before",
                        to.streak() == null ? null : (Long) (long) to.streak().before())
                .set(
                        "failures_in_a_row",
                        to.streak() == null ? null : (Long) (long) to.streak().after())
                .set("paused_automation", to.streak() != null && to.streak().paused());
    }

    private static @Nullable RunOccurrence occurrence(Item item) {
        var scheduledAt = item.timeOrNull("scheduled_at");
        return scheduledAt == null
                ? null
                : new RunOccurrence(scheduledAt, (int) item.number("attempt", 1));
    }

    private static @Nullable RunStreak streak(Item item) {
        var before = item.numberOrNull("failures_before");
        return before == null
                ? null
                : new RunStreak(
                        (int) item.number("earlier_failures", 0),
                        before.intValue(),
                        (int) item.number("failures_in_a_row", before),
                        item.flag("paused_automation"));
    }

    /// @param position of the artifact among those that are added at the same time
    static Item write(RunKey run, Artifact artifact, Instant now, int position) {
        return artifactKey(run, artifact.storagePath())
                .put("artifact_id", artifact.id())
                .put("name", artifact.name())
                .put("artifact_type", artifact.type())
                .put("source", artifact.source())
                .put("size", artifact.size())
                .put("content_type", artifact.contentType())
                .put("storage_path", artifact.storagePath())
                .put("served_type", artifact.servedType())
                .put("uploaded_at", artifact.uploadedAt())
                .put("ordinal", ChronoUnit.MICROS.between(Instant.EPOCH, now) * 100 + position);
    }

    static Artifact artifact(Item item) {
        return new Artifact(
                item.text("artifact_id"),
                item.text("name"),
                item.text("artifact_type"),
                item.text("source"),
                item.number("size", 0),
                item.text("content_type"),
                item.text("storage_path"),
                item.text("served_type"),
                item.time("uploaded_at"));
    }

    /// A timestamp whose order as text is its order in time, which [Instant#toString]'s is not.
    static String sortable(Instant instant) {
        var micros = Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
        return "0".repeat(20 - micros.length()).concat(micros);
    }

    private static Instant touchedAt(Item item) {
        return Instant.EPOCH.plus(Long.parseLong(item.text(TOUCHED_AT)), ChronoUnit.MICROS);
    }

    private static @Nullable String lease(TaskRun run) {
        var lease = Lease.of(run);
        return lease == null ? null : lease(lease);
    }

    /// The partition of the index.
    static String lease(Lease lease) {
        return switch (lease) {
            case IN_PROGRESS -> "IN_PROGRESS";
            case QUEUED -> "QUEUED";
            case QUEUED_LOCALLY -> "QUEUED_LOCALLY";
        };
    }
}
