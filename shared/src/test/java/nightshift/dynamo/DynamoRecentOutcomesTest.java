package nightshift.dynamo;

import static nightshift.testing.TestProject.occurrence;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences.Recorded;
import nightshift.automation.Outcome;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.Policy.RetryOn;
import nightshift.automation.PolicyContract;
import nightshift.automation.RecentOutcomes;
import nightshift.automation.TaskAutomation;
import nightshift.run.RunKey;
import nightshift.run.RunOccurrence;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;
import nightshift.testing.Together;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// The outcomes in an automation's row are those of its ledger, whatever came in whatever order.
final class DynamoRecentOutcomesTest {
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    /// Some three times as many as a row keeps.
    private static final int MINUTES = 40;

    private static final Outcome[] WITHOUT_RUN = {
        Outcome.OVERLAP_SKIPPED, Outcome.PAUSED, Outcome.STALE, Outcome.MISSED, Outcome.SKIPPED_DST
    };

    private static final List<Overlap> OVERLAPS = List.of(Overlap.values());
    private static final List<RunStatus> STATUSES = List.of(RunStatus.values());

    private static final Table TABLE = new Table(DynamoServer.CLIENT, DynamoServer.create());
    private static final Ports PORTS = DynamoServer.ports(TABLE);

    private final TestProject project = new TestProject(PORTS);
    private final TaskAutomation automation = project.automation("nightly");
    private final Queue<RunKey> runs = new ConcurrentLinkedQueue<>();
    private final AtomicInteger retries = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 6})
    void are_those_of_the_ledger_after_every_step(int seed) {
        var random = new Random(seed);
        project.with(automation, PolicyContract.policy(Overlap.ALLOW, 3, RetryOn.ANY, 0));
        for (int step = 0; step < 80; step++) {
            var did = step(random, found());
            assertThat(recent()).as("seed %d, step %d: %s", seed, step, did).isEqualTo(ledger());
        }
        assertThat(retries).as("retries").hasPositiveValue();
    }

    @Test
    void are_those_of_the_ledger_after_many_writers_at_once() throws Exception {
        for (int round = 0; round < 4; round++) {
            int first = round * 10;
            Together.all(
                    6,
                    writer -> {
                        var random = new Random(first + writer);
                        var read = found();
                        for (int step = 0; step < 12; step++) {
                            if (random.nextInt(3) > 0) read = found();
                            step(random, read);
                        }
                        return writer;
                    });
            assertThat(recent()).as("round %d", round).isEqualTo(ledger());
        }
        assertThat(PORTS.occurrences().of(project.id(), automation.id(), null, 0, 100))
                .hasValueSatisfying(
                        all -> assertThat(all.count()).isGreaterThan(RecentOutcomes.MOST));
    }

    @Test
    void does_not_grow_when_much_is_recorded_on_what_was_read_once() {
        for (int n = 0; n < 30; n++) {
            var missed = occurrence(automation, NINE.plusSeconds(60L * n), Outcome.MISSED, null);
            PORTS.occurrences().record(missed, automation);
        }
        assertThat(found().recent().shown()).hasSize(RecentOutcomes.MOST);
        assertThat(recent()).isEqualTo(ledger());
    }

    /// What anybody may do to an automation, decided on what was read of it.
    private String step(Random random, TaskAutomation read) {
        var minute = NINE.plusSeconds(60L * random.nextInt(MINUTES));
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> fire(minute, read);
            case 3 -> {
                var outcome = WITHOUT_RUN[random.nextInt(WITHOUT_RUN.length)];
                var recorded =
                        PORTS.occurrences().record(occurrence(read, minute, outcome, null), read);
                yield minute + " " + outcome + " " + recorded;
            }
            case 4, 5 -> retry(read);
            case 6 -> {
                var overlap = OVERLAPS.get(random.nextInt(3));
                var policy = PolicyContract.policy(overlap, 3, RetryOn.ANY, 0);
                yield "policy " + project.with(read, policy).policy();
            }
            case 7 -> "by hand " + started(project.start(read));
            default -> end(random);
        };
    }

    private String fire(Instant minute, TaskAutomation read) {
        var run = project.unsavedRun(read, new RunOccurrence(minute, 1));
        var started = occurrence(read, minute, Outcome.STARTED, run.id());
        var recorded = PORTS.occurrences().start(read, run, started);
        if (recorded == Recorded.NOW) started(run);
        return minute + " started " + recorded;
    }

    private String retry(TaskAutomation read) {
        var retry = read.retry();
        if (retry == null) return "no retry";
        var occurrence = new RunOccurrence(retry.scheduledAt(), retry.attempt());
        var run = project.unsavedRun(read, occurrence);
        var recorded = PORTS.occurrences().retry(read, run);
        if (recorded == Recorded.NOW) {
            started(run);
            retries.incrementAndGet();
        }
        return "retry " + recorded;
    }

    private UUID started(TaskRun run) {
        runs.add(run.key());
        return run.id();
    }

    /// Any status follows any other, twice. Mostly it is the newest run that ends.
    private String end(Random random) {
        var all = List.copyOf(runs);
        if (all.isEmpty()) return "no run";
        int back = random.nextBoolean() ? 0 : random.nextInt(Math.min(all.size(), 12));
        var run = all.get(all.size() - 1 - back);
        var status = random.nextBoolean() ? RunStatus.FAILED : STATUSES.get(random.nextInt(6));
        var now = project.now();
        PORTS.runs().update(run, from -> from.with(status, now));
        return status + " " + PORTS.runs().update(run, from -> from.with(status, now));
    }

    private TaskAutomation found() {
        return PORTS.automations().find(project.id(), automation.id()).orElseThrow();
    }

    private List<String> recent() {
        return texts(PORTS.occurrences().newest(found()));
    }

    private List<String> ledger() {
        return texts(
                PORTS.occurrences()
                        .in(
                                project.id(),
                                automation.id(),
                                null,
                                NINE,
                                NINE.plusSeconds(60L * MINUTES),
                                0,
                                RecentOutcomes.MOST)
                        .occurrences());
    }

    private static List<String> texts(List<Occurrence> occurrences) {
        var texts = new ArrayList<String>();
        for (var each : occurrences) {
            texts.add(each.scheduledAt() + " " + each.shown());
        }
        return texts;
    }
}
