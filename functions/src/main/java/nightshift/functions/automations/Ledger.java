package nightshift.functions.automations;

import nightshift.automation.ExpectedOccurrences;
import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Occurrences.Listed;
import nightshift.automation.Outcome;
import nightshift.automation.RecentOutcomes;
import nightshift.automation.TaskAutomation;
import nightshift.automation.Timings;
import nightshift.functions.lambda.Wiring;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What became of every occurrence, newest first: those that are recorded, and those of the last
/// two days that were missed and are not recorded yet.
public final class Ledger {
    private static final Comparator<Occurrence> NEWEST_FIRST =
            Comparator.comparing(Occurrence::scheduledAt)
                    .thenComparing(occurrence -> occurrence.automationId().toString())
                    .reversed();

    private final Occurrences occurrences;
    private final Duration tolerance;
    private final Clock clock;

    public Ledger(Wiring wiring) {
        this.occurrences = wiring.occurrences();
        this.tolerance = wiring.tolerance();
        this.clock = wiring.clock();
    }

    /// A page of an automation's occurrences; empty: no such automation.
    public Optional<Listed> of(
            long projectId, UUID automationId, @Nullable Outcome outcome, int offset, int limit) {
        var now = clock.instant();
        var since = now.minus(occurrences.kept());
        return occurrences
                .of(projectId, automationId, outcome, since, offset, limit)
                .map(recorded -> {
                    var automation = recorded.automation();
                    return automation == null
                            ? recorded
                            : withMissed(recorded, automation, outcome, now, offset, limit);
                });
    }

    /// A page of the occurrences of a project between two minutes, both included.
    ///
    /// @param automations those whose missed occurrences are wanted
    /// @param automationId only of this one; null: of all, also of those that are gone
    public Listed in(
            long projectId,
            List<TaskAutomation> automations,
            @Nullable UUID automationId,
            @Nullable Outcome outcome,
            Instant from,
            Instant to,
            int offset,
            int limit) {
        var now = clock.instant();
        var cut = now.minus(Timings.KEPT);
        if (!isComputed(outcome) || !to.isAfter(cut)) {
            return occurrences.in(projectId, automationId, outcome, from, to, offset, limit);
        }
        var start = from.isAfter(cut) ? from : cut;
        var recent = occurrences.between(projectId, automationId, start, to);
        var newest = missed(automations, recent, start, to, now);
        newest.addAll(recent);
        newest.removeIf(occurrence -> outcome != null && occurrence.outcome() != outcome);
        newest.sort(NEWEST_FIRST);
        var page = new ArrayList<>(newest.stream().skip(offset).limit(limit).toList());
        long count = newest.size();
        if (from.isBefore(start)) {
            var older =
                    occurrences.in(
                            projectId,
                            automationId,
                            outcome,
                            from,
                            start.minusNanos(1),
                            Math.max(0, offset - newest.size()),
                            limit - page.size());
            count += older.count();
            page.addAll(older.occurrences());
        }
        return new Listed(count, page);
    }

    /// The newest outcomes of an automation.
    public List<Occurrence> newest(TaskAutomation automation) {
        int most = RecentOutcomes.MOST;
        var now = clock.instant();
        var since = now.minus(occurrences.kept());
        var recorded =
                occurrences.newest(automation).stream()
                        .filter(occurrence -> !occurrence.scheduledAt().isBefore(since))
                        .toList();
        var cut = now.minus(Timings.KEPT);
        var start =
                recorded.size() < most || recorded.getLast().scheduledAt().isBefore(cut)
                        ? cut
                        : recorded.getLast().scheduledAt();
        var all = missed(List.of(automation), recorded, start, now, now);
        all.addAll(recorded);
        all.sort(NEWEST_FIRST);
        return all.stream().limit(most).toList();
    }

    private Listed withMissed(
            Listed recorded,
            TaskAutomation automation,
            @Nullable Outcome outcome,
            Instant now,
            int offset,
            int limit) {
        var cut = now.minus(Timings.KEPT);
        if (!isComputed(outcome) || overdue(automation, cut, now, now).isEmpty()) {
            return recorded;
        }
        long projectId = automation.projectId();
        var page = recorded.occurrences();
        boolean whole = outcome == null && offset == 0 && reachesBack(recorded, cut);
        var recent = whole ? page : occurrences.between(projectId, automation.id(), cut, now);
        var newest = missed(List.of(automation), recent, cut, now, now);
        newest.removeIf(occurrence -> outcome != null && occurrence.outcome() != outcome);
        if (newest.isEmpty()) {
            return recorded;
        }
        long count = recorded.count() + newest.size();
        int known = 0;
        for (var occurrence : recent) {
            boolean wanted = outcome == null || occurrence.outcome() == outcome;
            if (wanted && !occurrence.scheduledAt().isBefore(cut)) {
                newest.add(occurrence);
                known++;
            }
        }
        newest.sort(NEWEST_FIRST);
        var merged = new ArrayList<>(newest.stream().skip(offset).limit(limit).toList());
        if (merged.size() < limit && known < recorded.count()) {
            int passed = known + Math.max(0, offset - newest.size());
            int left = limit - merged.size();
            var since = now.minus(occurrences.kept());
            occurrences
                    .of(projectId, automation.id(), outcome, since, passed, left)
                    .ifPresent(older -> merged.addAll(older.occurrences()));
        }
        return new Listed(count, merged, automation);
    }

    /// Whether a list from its beginning holds everything since a moment.
    private static boolean reachesBack(Listed recorded, Instant since) {
        var page = recorded.occurrences();
        return page.size() == recorded.count()
                || (!page.isEmpty() && page.getLast().scheduledAt().isBefore(since));
    }

    private static boolean isComputed(@Nullable Outcome outcome) {
        return outcome == null || outcome == Outcome.MISSED || outcome == Outcome.SKIPPED_DST;
    }

    /// What should have come from one moment to another and is not among what is recorded.
    private List<Occurrence> missed(
            List<TaskAutomation> automations,
            List<Occurrence> recorded,
            Instant from,
            Instant to,
            Instant now) {
        var known = new HashSet<Map.Entry<UUID, Instant>>();
        for (var each : recorded) {
            known.add(Map.entry(each.automationId(), each.scheduledAt()));
        }
        var missed = new ArrayList<Occurrence>();
        for (var automation : automations) {
            overdue(automation, from, to, now)
                    .forEach((minute, outcome) -> {
                        if (known.add(Map.entry(automation.id(), minute))) {
                            missed.add(unrecorded(automation, minute, outcome));
                        }
                    });
        }
        return missed;
    }

    private Map<Instant, Outcome> overdue(
            TaskAutomation automation, Instant from, Instant to, Instant now) {
        var due = now.minus(tolerance);
        var until = to.isBefore(due) ? to : due;
        var cut = now.minus(Timings.KEPT);
        // the beginning is included, but not that of the two days
        var after = from.isAfter(cut) ? from.minusNanos(1) : cut;
        return ExpectedOccurrences.between(automation, after, until);
    }

    private static Occurrence unrecorded(
            TaskAutomation automation, Instant minute, Outcome outcome) {
        return new Occurrence(
                automation.projectId(),
                automation.id(),
                minute,
                outcome,
                null,
                0,
                Duration.ZERO,
                null);
    }
}
