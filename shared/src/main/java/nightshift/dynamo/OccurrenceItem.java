package nightshift.dynamo;

import nightshift.automation.Occurrence;
import nightshift.automation.Outcome;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// How an occurrence lies in the table.
final class OccurrenceItem {
    static final String OUTCOME = "outcome";
    static final String DELIVERIES = "deliveries";
    static final String RUN_ID = "run_id";
    static final String RUN_STATUS = "run_status";
    static final String ATTEMPT = "attempt";
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm'Z'").withZone(ZoneOffset.UTC);

    private OccurrenceItem() {}

    static String partition(long projectId, UUID automationId) {
        return "OCCURRENCES#" + projectId + "#" + automationId;
    }

    /// The partition of the list of all occurrences of a project.
    static String projectList(long projectId) {
        return "OCCURRENCES#" + projectId;
    }

    static String minute(Instant scheduledAt) {
        return MINUTE.format(scheduledAt);
    }

    static Item key(Occurrence occurrence) {
        return key(occurrence.projectId(), occurrence.automationId(), occurrence.scheduledAt());
    }

    static Item key(long projectId, UUID automationId, Instant scheduledAt) {
        return Item.keyed(partition(projectId, automationId), minute(scheduledAt));
    }

    /// The occurrence that a run belongs to; empty: somebody started it.
    static Optional<Item> key(TaskRun run) {
        var automation = run.automationId();
        var occurrence = run.occurrence();
        return automation == null || occurrence == null
                ? Optional.empty()
                : Optional.of(key(run.key().projectId(), automation, occurrence.scheduledAt()));
    }

    /// Whether a run is the latest of an occurrence.
    static boolean shows(Item occurrence, TaskRun run) {
        return run.id().toString().equals(occurrence.textOrNull(RUN_ID));
    }

    /// The change that shows how the latest run of an occurrence has ended, if it has.
    static Change follow(Change change, TaskRun run) {
        return change.set(RUN_STATUS, run.status().terminal() ? run.status().text() : null)
                .ifStill(RUN_ID, run.id().toString());
    }

    /// The change that makes a run that repeats another an occurrence's latest.
    static Change retry(Change change, UUID repeated, UUID run, int attempt) {
        return change.set(RUN_ID, run)
                .set(ATTEMPT, (Long) (long) attempt)
                .remove(RUN_STATUS)
                .ifStill(RUN_ID, repeated.toString());
    }

    /// @param kept how long the record is kept
    static Item write(Occurrence occurrence, Duration kept) {
        var outcome = occurrence.outcome().text();
        return key(occurrence)
                .put(OUTCOME, outcome)
                .put(RUN_ID, occurrence.runId())
                .put(ATTEMPT, occurrence.attempt() == 0 ? null : (Long) (long) occurrence.attempt())
                .put(
                        RUN_STATUS,
                        occurrence.runStatus() == null ? null : occurrence.runStatus().text())
                .put(DELIVERIES, (Long) occurrence.deliveries())
                .put("late_millis", (Long) occurrence.late().toMillis())
                .put("recorded_at", occurrence.recordedAt())
                .put(Item.EXPIRES_AT, (Long) occurrence.scheduledAt().plus(kept).getEpochSecond())
                .put(Table.LISTING, listing(occurrence))
                .put(Table.PROJECT_LIST, projectList(occurrence.projectId()))
                .put(
                        Table.LIST_ORDER,
                        minute(occurrence.scheduledAt()) + "#" + occurrence.automationId());
    }

    static Occurrence read(Item item) {
        var partition = item.text(Item.PK).split("#", 3);
        return new Occurrence(
                Long.parseLong(partition[1]),
                UUID.fromString(partition[2]),
                scheduledAt(item),
                Outcome.valueOf(item.text(OUTCOME).toUpperCase(Locale.ROOT)),
                item.uuidOrNull(RUN_ID),
                item.number(DELIVERIES, 0),
                Duration.ofMillis(item.number("late_millis", 0)),
                item.time("recorded_at"),
                (int) item.number(ATTEMPT, 0),
                item.textOrNull(RUN_STATUS) == null ? null : RunStatus.of(item.text(RUN_STATUS)));
    }

    static Instant scheduledAt(Item item) {
        return MINUTE.parse(item.text(Item.SK), Instant::from);
    }

    /// The place in the list of those that ended so. Most occurrences are started: they have no
    /// place, so that a firing writes one item less.
    private static @Nullable String listing(Occurrence occurrence) {
        var outcome = occurrence.outcome();
        return isListed(outcome) ? listed(outcome) + minute(occurrence.scheduledAt()) : null;
    }

    static boolean isListed(Outcome outcome) {
        return outcome != Outcome.STARTED;
    }

    /// The prefix of the places in the list of occurrences that ended so.
    static String listed(Outcome outcome) {
        return outcome.text() + "#";
    }
}
