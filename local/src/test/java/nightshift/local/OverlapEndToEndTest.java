package nightshift.local;

import static nightshift.local.LocalFixture.AUTOMATIONS;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.automation.Policy.Overlap;
import nightshift.testing.Together;
import nightshift.worker.Worker;
import nightshift.worker.WorkerSettings;
import nightshift.worker.WorkerTiming;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.StreamSupport;

/// An automation of every minute whose runs take 150 seconds, under each overlap policy, through
/// the API, the Scheduler and the functions. Each occurrence is delivered many times at once.
@Timeout(300)
class OverlapEndToEndTest {
    private static final Instant BEGIN = Instant.parse("2099-01-05T09:00:00Z");
    private static final Duration WORK = Duration.ofSeconds(150);
    private static final int MINUTES = 5;
    private static final int DELIVERIES = 25;
    private static final WorkerTiming BRISK =
            new WorkerTiming(
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    Duration.ofMillis(500),
                    Duration.ofMillis(300),
                    Duration.ofMillis(20),
                    Duration.ofSeconds(30));

    @TempDir private Path state;
    private LocalFixture world;
    private String automation = "";
    private String task = "";

    @BeforeEach
    void open() {
        world = new LocalFixture(state, BEGIN.minusSeconds(30).toString());
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void allow_starts_a_run_every_minute() throws Exception {
        create(Overlap.ALLOW);
        for (int minute = 0; minute < MINUTES; minute++) {
            occur(minute, "started");
            assertThat(unended()).hasSize(Math.min(minute + 1, 3)); // of 150 seconds
        }
        assertThat(runs()).hasSize(MINUTES);
        assertLedger(MINUTES, "started");
    }

    @Test
    void skip_never_has_two_at_once_and_accounts_for_every_minute() throws Exception {
        create(Overlap.SKIP);
        for (int minute = 0; minute < MINUTES; minute++) {
            occur(minute, minute % 3 == 0 ? "started" : "overlap_skipped");
            assertThat(unended()).hasSize(1);
            assertThat(world.occurrences(automation).get(0).path("task_run_id").asText())
                    .as("the run, or the one in the way")
                    .isEqualTo(unended().getFirst());
        }
        assertThat(runs()).hasSize(2);
        assertLedger(MINUTES, "started", "overlap_skipped", "overlap_skipped");
    }

    @Test
    void cancel_previous_lets_one_go_on_and_the_workers_of_the_others_stop() throws Exception {
        int minutes = 3;
        create(Overlap.CANCEL_PREVIOUS);
        var client = new RunClient(world.server);
        var workers = new ArrayList<Future<Worker.Ending>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int minute = 0; minute < minutes; minute++) {
                occur(minute, "started");
                if (minute > 0) {
                    assertThat(workers.getLast().get()).isEqualTo(Worker.Ending.RUN_OVER);
                }
                var run = client.of(task, unended().getFirst());
                workers.add(threads.submit(() -> work(run)));
                Waiting.until(() -> run.lines().contains("begun"));
            }
            assertThat(unended()).hasSize(1);
            assertThat(runs())
                    .extracting(run -> run.path("status").asText())
                    .containsOnlyOnce("in_progress")
                    .containsOnly("in_progress", "cancelled")
                    .hasSize(minutes);
            assertThat(workers.getLast().isDone()).isFalse();
            assertLedger(minutes, "started");
            client.of(task, unended().getFirst()).call("POST", "cancel/", "");
        }
    }

    private Worker.Ending work(RunClient.Run run) {
        var settings =
                new WorkerSettings(
                        run.announced(),
                        "echo begun; sleep 600",
                        Duration.ofMinutes(4),
                        state.resolve("nowhere").toUri().toString(),
                        BRISK,
                        true,
                        false);
        return new Worker(settings).work();
    }

    private void create(Overlap overlap) {
        automation = world.automation("* * * * *", "UTC");
        task = world.taskOf(automation);
        var policy = "{\"overlap\": \"" + overlap.text() + "\"}";
        assertThat(world.patch(AUTOMATIONS + automation + "/policy/", policy).status())
                .isEqualTo(200);
    }

    /// Ends what has taken its time, and lets the next occurrence come.
    private void occur(int minute, String outcome) throws Exception {
        for (int half = 0; half < 2; half++) {
            if (minute > 0 || half > 0) world.clock.forward(Duration.ofSeconds(30));
            endWhatIsDone();
        }
        var at = BEGIN.plus(Duration.ofMinutes(minute));
        assertThat(world.clock.instant()).isEqualTo(at);
        var input =
                world.schedule("task-automation-" + automation)
                        .target()
                        .input()
                        .replace("<aws.scheduler.scheduled-time>", at.toString());
        var answers =
                Together.all(
                        DELIVERIES,
                        n -> {
                            if (n > 0) return world.invoke("FireTaskAutomation", input).status();
                            world.server.scheduler().tick();
                            return 200;
                        });
        assertThat(answers).containsOnly(200);
        var expected = "%s %s %d".formatted(at, outcome, DELIVERIES);
        LocalFixture.await("the ledger", () -> world.ledger(automation).getLast(), expected);
    }

    private void endWhatIsDone() {
        for (var run : runs()) {
            var created = Instant.parse(run.path("created_at").asText());
            if (isUnended(run) && !created.plus(WORK).isAfter(world.clock.instant())) {
                var ended =
                        world.patch(
                                "/api/projects/1/tasks/%s/runs/%s/"
                                        .formatted(task, run.path("id").asText()),
                                "{\"status\": \"completed\"}");
                assertThat(ended.status()).isEqualTo(200);
            }
        }
    }

    /// @param outcomes of every minute, in turns
    private void assertLedger(int minutes, String... outcomes) {
        var expected = new ArrayList<String>();
        for (int minute = 0; minute < minutes; minute++) {
            var at = BEGIN.plus(Duration.ofMinutes(minute));
            var outcome = outcomes[minute % outcomes.length];
            expected.add("%s %s %d".formatted(at, outcome, DELIVERIES));
        }
        assertThat(world.ledger(automation)).isEqualTo(expected);
    }

    private List<String> unended() {
        return runs().stream()
                .filter(OverlapEndToEndTest::isUnended)
                .map(run -> run.path("id").asText())
                .toList();
    }

    private static boolean isUnended(JsonNode run) {
        return List.of("queued", "in_progress").contains(run.path("status").asText());
    }

    private List<JsonNode> runs() {
        var runs = world.get("/api/projects/1/tasks/" + task + "/runs/").body().path("results");
        return StreamSupport.stream(runs.spliterator(), false).toList();
    }
}
