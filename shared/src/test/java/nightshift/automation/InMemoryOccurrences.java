package nightshift.automation;

import nightshift.run.TaskRun;
import nightshift.testing.World;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// The ledger of occurrences in memory.
public final class InMemoryOccurrences implements Occurrences {
    private static final Comparator<Occurrence> NEWEST_FIRST =
            Comparator.comparing(Occurrence::scheduledAt)
                    .thenComparing(occurrence -> occurrence.automationId().toString())
                    .reversed();

    private final World world;

    public InMemoryOccurrences(World world) {
        this.world = world;
    }

    @Override
    public Recorded start(TaskAutomation automation, TaskRun run, Occurrence occurrence) {
        synchronized (world) {
            if (counted(occurrence)) {
                return Recorded.BEFORE;
            }
            var current = world.automations.get(key(occurrence));
            if (current == null || !isAsRead(current, automation)) {
                return Recorded.OUTDATED;
            }
            world.start(current, run);
            keep(occurrence);
            return Recorded.NOW;
        }
    }

    @Override
    public Recorded retry(TaskAutomation automation, TaskRun run) {
        synchronized (world) {
            var id = new World.Id(automation.projectId(), automation.id());
            var retry = Objects.requireNonNull(automation.retry());
            var kept = of(id).get(retry.scheduledAt());
            if (kept == null || !retry.runId().equals(kept.runId())) {
                return Recorded.BEFORE;
            }
            var current = world.automations.get(id);
            if (current == null
                    || !isAsRead(current, automation)
                    || !retry.equals(current.retry())
                    || !Objects.equals(current.lastRun(), automation.lastRun())) {
                return Recorded.OUTDATED;
            }
            world.start(current, run);
            of(id).put(kept.scheduledAt(), World.showing(kept, run.id(), retry.attempt(), null));
            return Recorded.NOW;
        }
    }

    @Override
    public Recorded record(Occurrence occurrence, @Nullable TaskAutomation automation) {
        synchronized (world) {
            if (counted(occurrence)) {
                return Recorded.BEFORE;
            }
            var current = world.automations.get(key(occurrence));
            boolean overlapped = occurrence.outcome() == Outcome.OVERLAP_SKIPPED;
            boolean same =
                    (current == null || automation == null)
                            ? current == null && automation == null
                            : overlapped
                                    ? isAsRead(current, automation)
                                            && Objects.equals(
                                                    current.lastRun(), automation.lastRun())
                                    : current.edition() == automation.edition();
            if (!same) {
                return Recorded.OUTDATED;
            }
            keep(occurrence);
            return Recorded.NOW;
        }
    }

    private static boolean isAsRead(TaskAutomation current, TaskAutomation read) {
        boolean overlaps = read.policy().overlap() == Policy.Overlap.ALLOW;
        return current.edition() == read.edition()
                && current.policyEdition() == read.policyEdition()
                && (overlaps
                        ? Objects.equals(lastRunId(current), lastRunId(read))
                        : Objects.equals(current.lastRun(), read.lastRun()));
    }

    @Override
    public Duration kept() {
        return Duration.ofDays(90);
    }

    @Override
    public Optional<Listed> of(
            long projectId,
            UUID automationId,
            @Nullable Outcome outcome,
            Instant since,
            int offset,
            int limit) {
        synchronized (world) {
            if (!world.automations.containsKey(new World.Id(projectId, automationId))) {
                return Optional.empty();
            }
            var listed = in(projectId, automationId, outcome, since, Instant.MAX, offset, limit);
            return Optional.of(
                    new Listed(
                            listed.count(),
                            listed.occurrences(),
                            world.automations.get(new World.Id(projectId, automationId))));
        }
    }

    @Override
    public List<Occurrence> between(
            long projectId, @Nullable UUID automationId, Instant from, Instant to) {
        synchronized (world) {
            return world.occurrences.entrySet().stream()
                    .filter(each ->
                            each.getKey().projectId() == projectId
                                    && (automationId == null
                                            || each.getKey().id().equals(automationId)))
                    .flatMap(each -> each.getValue().subMap(from, true, to, true).values().stream())
                    .sorted(NEWEST_FIRST)
                    .toList();
        }
    }

    @Override
    public List<Occurrence> newest(TaskAutomation automation) {
        return between(automation.projectId(), automation.id(), Instant.EPOCH, Instant.MAX).stream()
                .limit(RecentOutcomes.MOST)
                .toList();
    }

    @Override
    public Listed in(
            long projectId,
            @Nullable UUID automationId,
            @Nullable Outcome outcome,
            Instant from,
            Instant to,
            int offset,
            int limit) {
        var wanted =
                between(projectId, automationId, from, to).stream()
                        .filter(each -> outcome == null || each.outcome() == outcome)
                        .toList();
        return new Listed(wanted.size(), wanted.stream().skip(offset).limit(limit).toList());
    }

    @Override
    public List<Instant> recorded(long projectId, UUID automationId, Instant from, Instant to) {
        synchronized (world) {
            return List.copyOf(of(new World.Id(projectId, automationId)).subMap(from, to).keySet());
        }
    }

    /// Counts another delivery of a recorded occurrence. Answers whether it is recorded.
    private boolean counted(Occurrence seen) {
        return of(key(seen)).computeIfPresent(seen.scheduledAt(), (_, kept) -> plus(kept, seen))
                != null;
    }

    private void keep(Occurrence occurrence) {
        of(key(occurrence)).put(occurrence.scheduledAt(), occurrence);
    }

    private NavigableMap<Instant, Occurrence> of(World.Id automation) {
        return world.occurrences.computeIfAbsent(automation, _ -> new TreeMap<>());
    }

    private static World.Id key(Occurrence occurrence) {
        return new World.Id(occurrence.projectId(), occurrence.automationId());
    }

    private static @Nullable UUID lastRunId(TaskAutomation automation) {
        var last = automation.lastRun();
        return last == null ? null : last.id();
    }

    private static Occurrence plus(Occurrence kept, Occurrence seen) {
        return new Occurrence(
                kept.projectId(),
                kept.automationId(),
                kept.scheduledAt(),
                kept.outcome(),
                kept.runId(),
                kept.deliveries() + seen.deliveries(),
                kept.late(),
                kept.recordedAt(),
                kept.attempt(),
                kept.runStatus());
    }
}
