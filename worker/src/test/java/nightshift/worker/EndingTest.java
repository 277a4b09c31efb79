package nightshift.worker;

import static nightshift.worker.Worker.Ending.COMPLETED;
import static nightshift.worker.Worker.Ending.FAILED;
import static nightshift.worker.Worker.Ending.RUN_OVER;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/// Tests how a run ends, and its log until then.
@Timeout(60)
class EndingTest {
    private static final StubApiServer SERVER = new StubApiServer();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @ParameterizedTest
    @CsvSource({
        "exit 1, The command exited with 1.",
        "exit 128, The command exited with 128.",
        "exit 193, The command exited with 193.",
        "exit 255, The command exited with 255.",
        "kill -9 $$, The command was killed by signal 9.",
        "kill -15 $$, The command was killed by signal 15.",
        "exit 192, The command was killed by signal 64.",
        "no-such-program, The command exited with 127."
    })
    void an_exit_code_is_the_reason(String command, String reason) {
        assertThat(WorkerRunner.of(SERVER, command, FAILED).reason()).isEqualTo(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(setsid sleep 4444 >/dev/null 2>&1 </dev/null & echo $! > pid)",
                "(setsid sleep 4444 & echo $! > pid)",
                "(env -i setsid sleep 4444 & echo $! > pid)",
                "(cd /; setsid sleep 4444 & echo $! > $OLDPWD/pid)",
                "(setsid sh -c 'trap \"\" TERM; cd /; env -i sleep 4444' & echo $! > pid)",
                "sleep 4444 & echo $! > pid",
                "(nohup sleep 4444 >/dev/null & echo $! > pid)"
            })
    void nothing_that_a_command_started_outlives_it(String command) {
        assumeTrue(Files.isDirectory(Path.of("/proc")), "only Linux shows all processes");
        var begun = Instant.now();

        var run = WorkerRunner.of(SERVER, command + "; sleep 0.2; cat pid", COMPLETED);

        long orphan = Long.parseLong(run.lines().getFirst());
        assertThat(ProcessHandle.of(orphan).filter(EndingTest::runs)).isEmpty();
        assertThat(Duration.between(begun, Instant.now())).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void a_cancel_ends_daemons_too() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc")), "only Linux shows all processes");
        var run = SERVER.queue("Work.", "", "");
        var command = "(setsid sleep 4444 >/dev/null 2>&1 </dev/null & echo $!); exec sleep 4545";
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working =
                    threads.submit(() -> new Worker(WorkerRunner.settings(run, command)).work());
            until(() -> !run.lines().isEmpty());

            run.cancel();

            assertThat(working.get()).isEqualTo(RUN_OVER);
        }
        long orphan = Long.parseLong(run.lines().getFirst());
        assertThat(ProcessHandle.of(orphan).filter(EndingTest::runs)).isEmpty();
    }

    @Test
    void a_part_of_a_line_is_shown_before_the_line_ends() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var command =
                "printf 'working...'; read -r line < \"$NIGHTSHIFT_ARTIFACTS/go\"; echo ' done'";
        command = "mkfifo $NIGHTSHIFT_ARTIFACTS/go; echo $NIGHTSHIFT_ARTIFACTS; " + command;
        var whole = command;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working =
                    threads.submit(() -> new Worker(WorkerRunner.settings(run, whole)).work());
            until(() -> run.lines().contains("working..."));
            var go = Path.of(run.lines().getFirst(), "go");

            Files.writeString(go, "\n");

            assertThat(working.get()).isEqualTo(COMPLETED);
        }
        assertThat(run.entries().get(1).path("continues").asBoolean()).isTrue();
        assertThat(run.lines().get(2)).isEqualTo(" done");
        assertThat(run.entries().get(2).has("continues")).isFalse();
    }

    @Test
    void a_part_that_was_shown_is_ended_with_the_command() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var command =
                "mkfifo $NIGHTSHIFT_ARTIFACTS/go; echo $NIGHTSHIFT_ARTIFACTS;"
                        + " printf 'working...'; read -r line < \"$NIGHTSHIFT_ARTIFACTS/go\"";
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working =
                    threads.submit(() -> new Worker(WorkerRunner.settings(run, command)).work());
            until(() -> run.lines().contains("working..."));
            Files.writeString(Path.of(run.lines().getFirst(), "go"), "\n");
            assertThat(working.get()).isEqualTo(COMPLETED);
        }
        assertThat(run.entries().get(1).path("continues").asBoolean()).isTrue();
        assertThat(run.lines().get(2)).isEmpty();
        assertThat(run.entries().get(2).has("continues")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10 p\\r20 p\\r30 p\\n, 10 p|20 p|30 p",
        "\\r10 p\\r20 p\\n, 10 p|20 p",
        "a\\r\\nb\\r\\n, a|b",
        "a\\n\\nb\\n, a||b",
        "a\\r\\n\\r\\nb, a||b",
        "a\\r\\r\\nb\\n, a|b",
        "a\\rb, a|b"
    })
    void a_carriage_return_ends_a_line(String printed, String lines) {
        var run = WorkerRunner.of(SERVER, "printf '" + printed + "'", COMPLETED);

        assertThat(run.lines()).containsExactly(lines.split("\\|", -1));
    }

    @Test
    void lines_that_arrive_together_can_be_one_entry() {
        var run = SERVER.queue("Count.", "", "");
        var settings =
                new WorkerSettings(
                        run.announced(),
                        "seq 1 20000",
                        Duration.ofMinutes(1),
                        "",
                        WorkerRunner.BRISK,
                        false,
                        true);

        assertThat(new Worker(settings).work()).isEqualTo(COMPLETED);

        assertThat(run.lines()).hasSizeLessThan(200);
        assertThat(String.join("\n", run.lines()).lines())
                .hasSize(20_000)
                .startsWith("1", "2")
                .endsWith("20000");
    }

    @Test
    void a_log_that_is_refused_is_the_reason_and_stops_the_command() {
        var run = SERVER.queue("Work.", "", "").refusingLog(400);

        assertThat(new Worker(WorkerRunner.settings(run, "echo a; sleep 4444")).work())
                .isEqualTo(FAILED);

        assertThat(run.status()).isEqualTo("failed");
        assertThat(run.reason()).isEqualTo("The log could not be delivered: No log today.");
    }

    @Test
    void a_worker_that_is_stopped_ends_its_run() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var worker = new Worker(WorkerRunner.settings(run, "echo begun; sleep 4444"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working = threads.submit(worker::work);
            until(() -> run.lines().contains("begun"));

            worker.abandon();

            assertThat(run.status()).isEqualTo("failed");
            assertThat(run.reason()).isEqualTo("The worker was stopped.");
            assertThat(working.get()).isEqualTo(FAILED);
        }
    }

    @Test
    void a_variable_that_is_too_long_is_named() {
        var run = SERVER.queue("x".repeat(140_000), "", "");

        assertThat(
                        new Worker(
                                        WorkerRunner.settings(
                                                run, "wc -c; echo \"[$NIGHTSHIFT_PROMPT]\""))
                                .work())
                .isEqualTo(COMPLETED);

        assertThat(run.lines())
                .containsExactly(
                        "NIGHTSHIFT_PROMPT is empty: its value is too long for a variable.",
                        "140000",
                        "[]");
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(10);
        }
    }

    /// Whether a process runs. A zombie does not.
    private static boolean runs(ProcessHandle process) {
        return process.info().commandLine().isPresent();
    }
}
