package nightshift.local;

import static nightshift.worker.Worker.Ending.COMPLETED;
import static nightshift.worker.Worker.Ending.FAILED;
import static nightshift.worker.Worker.Ending.NOT_OURS;
import static nightshift.worker.Worker.Ending.RUN_OVER;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.worker.Worker;
import nightshift.worker.WorkerSettings;
import nightshift.worker.WorkerTiming;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Tests the worker against the whole system, with typical commands.
@Timeout(300)
class WorkerTest {
    private static final WorkerTiming BRISK =
            new WorkerTiming(
                    Duration.ofMillis(50),
                    Duration.ofMillis(200),
                    Duration.ofMillis(500),
                    Duration.ofMillis(300),
                    Duration.ofMillis(20),
                    Duration.ofSeconds(30));

    @TempDir private static Path state;
    private static LocalServer server;
    private static RunClient client;

    @BeforeAll
    static void start() {
        server = LocalServer.start(Settings.forTest(Path.of("..", "template.yaml"), state));
        client = new RunClient(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void the_demonstration_leaves_lines_a_file_and_an_output() {
        var run = client.start("Say hello.", "acme/shop");

        assertThat(work(run, null)).isEqualTo(COMPLETED);

        var ended = run.read();
        assertThat(ended.path("status").asText()).isEqualTo("completed");
        assertThat(ended.path("output").path("repository").asText()).isEqualTo("acme/shop");
        assertThat(ended.path("artifacts").path(0).path("name").asText()).isEqualTo("report.md");
        assertThat(run.lines()).contains("Prompt: Say hello.");
    }

    @Test
    void a_command_gets_the_prompt_both_ways() {
        var run = client.start("Do\nit.", "");

        assertThat(work(run, "cat; printf '\\n%s\\n' \"$NIGHTSHIFT_PROMPT\"")).isEqualTo(COMPLETED);

        assertThat(run.lines()).containsExactly("Do", "it.", "Do", "it.");
    }

    @Test
    void all_of_200_000_lines_are_in_the_log_in_their_order() {
        var run = client.start("Count.", "");

        assertThat(work(run, "seq 1 200000")).isEqualTo(COMPLETED);

        assertCounted(run.lines(), 200_000);
    }

    @Test
    void bytes_that_are_no_utf8_are_replaced_and_long_lines_come_in_parts() {
        var run = client.start("Print.", "");
        var command =
                "printf 'a\\377b\\n'; head -c 1000000 /dev/zero | tr '\\0' x; echo; printf end";

        assertThat(work(run, command)).isEqualTo(COMPLETED);

        assertThat(run.lines())
                .containsExactly("a\uFFFDb", "x".repeat(500_000), "x".repeat(500_000), "end");
    }

    @Test
    void an_exit_code_is_the_reason_of_a_failure() {
        var run = client.start("Fail.", "");

        assertThat(work(run, "echo no >&2; echo '{\"tried\": 1}' > $NIGHTSHIFT_OUTPUT; exit 3"))
                .isEqualTo(FAILED);

        assertThat(run.read().path("status").asText()).isEqualTo("failed");
        assertThat(run.read().path("error_message").asText())
                .isEqualTo("The command exited with 3.");
        assertThat(run.read().path("output").path("tried").asInt()).isEqualTo(1);
        assertThat(run.lines()).containsExactly("no");
    }

    @Test
    void a_killed_command_says_by_which_signal() {
        var run = client.start("Die.", "");

        assertThat(work(run, "echo alive; kill -9 $$")).isEqualTo(FAILED);

        assertThat(run.read().path("error_message").asText())
                .isEqualTo("The command was killed by signal 9.");
        assertThat(run.lines()).containsExactly("alive");
    }

    @Test
    void past_its_limit_a_command_ends_with_everything_that_it_started() {
        var run = client.start("Hang.", "");
        var settings =
                new WorkerSettings(
                        run.announced(),
                        "trap '' TERM; (sleep 600 & echo $!); sleep 600",
                        Duration.ofSeconds(2),
                        state.toUri().toString(),
                        BRISK);

        assertThat(new Worker(settings).work()).isEqualTo(FAILED);

        assertThat(run.read().path("error_message").asText())
                .isEqualTo("The command was stopped: it ran longer than its limit of 2 seconds.");
        long orphan = Long.parseLong(run.lines().getFirst());
        Waiting.until(() -> ProcessHandle.of(orphan).filter(WorkerTest::runs).isEmpty());
    }

    @Test
    void a_cancelled_run_stops_its_command_within_ten_seconds() throws Exception {
        var run = client.start("Wait.", "");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working =
                    threads.submit(() -> work(run, "echo begun; sleep 600", WorkerTiming.STANDARD));
            Waiting.until(() -> run.lines().contains("begun"));
            long begun = System.nanoTime();

            assertThat(run.call("POST", "cancel/", "").status()).isEqualTo(200);

            assertThat(working.get()).isEqualTo(RUN_OVER);
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .isLessThan(Duration.ofSeconds(10));
        }
        assertThat(run.read().path("status").asText()).isEqualTo("cancelled");
        assertThat(run.lines()).containsExactly("begun");
    }

    @Test
    void of_ten_workers_with_the_same_event_one_works() throws Exception {
        var run = client.start("Once.", "");
        var same = new ArrayList<Callable<Worker.Ending>>();
        for (int i = 0; i < 10; i++) same.add(() -> work(run, "echo once"));

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(same).stream().map(Future::resultNow))
                    .containsOnlyOnce(COMPLETED)
                    .containsOnly(COMPLETED, NOT_OURS);
        }
        assertThat(run.lines()).containsExactly("once");
    }

    @Test
    void lost_calls_and_lost_answers_cost_no_line_and_double_none() throws Exception {
        var run = client.start("Count.", "");
        try (var proxy = new LossyProxy(run.announced().api())) {
            var settings =
                    new WorkerSettings(
                            run.announcedAt(proxy.url()),
                            "seq 1 3000",
                            Duration.ofMinutes(2),
                            state.toUri().toString(),
                            BRISK);

            assertThat(new Worker(settings).work()).isEqualTo(COMPLETED);

            assertThat(proxy.lost()).isGreaterThan(3);
        }
        assertCounted(run.lines(), 3_000);
    }

    @Test
    void a_repository_that_can_be_reached_is_cloned() throws Exception {
        var origin = state.resolve("origins/acme/tools.git");
        var script =
                """
                git init --quiet --initial-branch=main %1$s && cd %1$s
                git -c user.name=a -c user.email=a@example.com commit --quiet --allow-empty -m one
                echo hello > README && git add README
                git -c user.name=a -c user.email=a@example.com commit --quiet -m two\
                """
                        .formatted(origin);
        assertThat(new ProcessBuilder("sh", "-c", script).inheritIO().start().waitFor()).isZero();
        var run = client.start("Read.", "acme/tools");
        var settings =
                new WorkerSettings(
                        run.announced(),
                        "cat README; git rev-list --count HEAD",
                        Duration.ofMinutes(1),
                        state.resolve("origins").toUri().toString(),
                        BRISK);

        assertThat(new Worker(settings).work()).isEqualTo(COMPLETED);

        assertThat(run.lines()).containsExactly("Cloned acme/tools.", "hello", "1");
    }

    @Test
    void a_number_of_the_output_arrives_as_it_was_written() {
        var run = client.start("Measure.", "");
        var number = "0.1000000000000000055511151231257827";

        assertThat(work(run, "echo '{\"c\":%s}' > $NIGHTSHIFT_OUTPUT".formatted(number)))
                .isEqualTo(COMPLETED);

        assertThat(run.text()).contains("\"output\":{\"c\":" + number + "}");
    }

    @Test
    void an_output_that_the_api_refuses_is_the_reason_and_names_the_field() {
        var run = client.start("Answer.", "");

        assertThat(work(run, "echo null > $NIGHTSHIFT_OUTPUT")).isEqualTo(FAILED);

        assertThat(run.read().path("status").asText()).isEqualTo("failed");
        assertThat(run.read().path("error_message").asText())
                .isEqualTo("The output was refused: output: This field may not be null.");
    }

    @Test
    void an_output_that_is_a_pipe_fails_the_run_and_the_files_are_kept() {
        var run = client.start("Leave.", "");
        var command =
                """
                mkfifo "$NIGHTSHIFT_OUTPUT"; cd "$NIGHTSHIFT_ARTIFACTS"
                touch empty; mkdir sub; echo 1 > sub/日本語.md; ln -s /etc/passwd link
                """;

        assertThat(work(run, command)).isEqualTo(FAILED);

        var ended = run.read();
        assertThat(ended.path("error_message").asText())
                .isEqualTo("The output that the command left is no regular file.");
        assertThat(ended.path("artifacts"))
                .extracting(file -> file.path("name").asText() + " " + file.path("size").asInt())
                .containsExactlyInAnyOrder("empty 0", "sub__日本語.md 2");
        assertThat(run.lines()).containsExactly("link was not kept: it is a symbolic link.");
    }

    @Test
    void a_task_that_was_deleted_harms_no_run() {
        var run = client.start("Do it all the same.", "");
        assertThat(run.task("DELETE", "").status()).isEqualTo(204);

        assertThat(work(run, "cat")).isEqualTo(COMPLETED);

        assertThat(run.read().path("status").asText()).isEqualTo("completed");
        assertThat(run.lines()).containsExactly("Do it all the same.");
    }

    @Test
    void only_the_right_token_claims_and_only_once() {
        var run = client.start("Claim.", "");

        assertThat(run.claim("").status()).isEqualTo(400);
        assertThat(run.claim("guessed").status()).isEqualTo(403);
        var claimed = run.claim(run.announced().claimToken());
        assertThat(claimed.status()).isEqualTo(200);
        assertThat(claimed.body().path("run").path("status").asText()).isEqualTo("in_progress");
        assertThat(claimed.body().path("run")).hasSize(14);
        var again = run.claim(run.announced().claimToken());
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().path("code").asText()).isEqualTo("conflict");
    }

    @Test
    void a_claimant_may_retry_its_claim_until_the_run_ends_and_no_other_may() {
        var run = client.start("Claim.", "");
        var token = run.announced().claimToken();

        assertThat(run.claim(token, "worker 1").status()).isEqualTo(200);
        var again = run.claim(token, "worker 1");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().path("key").asText()).startsWith("phr_");
        assertThat(run.claim(token, "worker 2").status()).isEqualTo(409);
        assertThat(run.claim(token).status()).isEqualTo(409);
        assertThat(run.claim("guessed", "worker 1").status()).isEqualTo(403);
        assertThat(run.call("POST", "cancel/", "").status()).isEqualTo(200);
        assertThat(run.claim(token, "worker 1").status()).isEqualTo(409);
    }

    @Test
    void a_run_is_cancelled_once_and_for_all() {
        var run = client.start("Cancel.", "");

        assertThat(run.call("POST", "cancel/", "").status()).isEqualTo(200);
        assertThat(run.call("POST", "cancel/", "").status()).isEqualTo(200);
        assertThat(run.claim(run.announced().claimToken()).status()).isEqualTo(409);
        var done = client.start("Done.", "");
        assertThat(done.call("PATCH", "", "{\"status\": \"completed\"}").status()).isEqualTo(200);
        assertThat(done.call("POST", "cancel/", "").status()).isEqualTo(409);
    }

    @Test
    void a_workers_key_opens_its_run_and_nothing_else() {
        var run = client.start("Mine.", "");
        var other = client.start("Other.", "");
        var sibling = client.again(run);
        var key = run.claim(run.announced().claimToken()).body().path("key").asText();
        assertThat(key).startsWith("phr_");
        var entry = "{\"entries\": [{\"type\": \"notification\"}]}";
        var file = "{\"artifacts\": [{\"name\": \"a\", \"type\": \"output\", \"content\": \"b\"}]}";
        var allowed =
                Map.of(
                        "GET ", "",
                        "PATCH ", "{}",
                        "POST append_log/", entry,
                        "POST heartbeat/", "",
                        "GET logs/", "",
                        "GET session_logs/", "",
                        "POST artifacts/", file,
                        "PATCH set_output/", "{\"output\": 1}");
        allowed.forEach((call, body) -> {
            var parts = call.split(" ", -1);
            assertThat(run.with(key).call(parts[0], parts[1], body).status())
                    .as(call)
                    .isEqualTo(200);
            assertThat(other.with(key).call(parts[0], parts[1], body).status())
                    .as("another task's run: " + call)
                    .isEqualTo(403);
            assertThat(sibling.with(key).call(parts[0], parts[1], body).status())
                    .as("another run of the task: " + call)
                    .isEqualTo(403);
        });
        assertThat(run.with(key).task("GET", "").status()).isEqualTo(200);
        assertThat(other.with(key).task("GET", "").status()).isEqualTo(403);
        for (var call :
                new String[][] {
                    {"GET", "/task_automations/"},
                    {"GET", "/tasks/"},
                    {"POST", "/tasks/"},
                    {"PATCH", run.taskPath()},
                    {"DELETE", run.taskPath()},
                    {"POST", run.taskPath() + "run/"},
                    {"GET", run.taskPath() + "runs/"},
                    {"POST", run.path() + "cancel/"},
                    {"POST", run.path() + "artifacts/presign/"},
                    {"POST", run.path() + "artifacts/download/"}
                }) {
            assertThat(client.call(key, call[0], call[1], "").status())
                    .as(call[0] + " " + call[1])
                    .isEqualTo(403);
        }
        assertThat(run.with(key.substring(0, key.length() - 1) + "x").call("GET", "", "").status())
                .isEqualTo(401);
        assertThat(run.with(key).call("PATCH", "", "{\"status\": \"completed\"}").status())
                .isEqualTo(200);
        assertThat(run.with(key).call("GET", "", "").status()).isEqualTo(401);
        assertThat(run.with(key).task("GET", "").status()).isEqualTo(401);
    }

    /// Shows the first difference, because there are too many lines.
    private static void assertCounted(List<String> lines, int last) {
        for (int i = 0; i < Math.min(lines.size(), last); i++) {
            assertThat(lines.get(i)).as("line %d", i).isEqualTo(String.valueOf(i + 1));
        }
        assertThat(lines.size()).isEqualTo(last);
    }

    private static Worker.Ending work(RunClient.Run run, String command) {
        return work(run, command, BRISK);
    }

    private static Worker.Ending work(RunClient.Run run, String command, WorkerTiming timing) {
        var nowhere = URI.create(state.toUri() + "nowhere/");
        return new Worker(
                        new WorkerSettings(
                                run.announced(),
                                command,
                                Duration.ofMinutes(4),
                                nowhere.toString(),
                                timing))
                .work();
    }

    /// Whether a process runs. A zombie does not.
    private static boolean runs(ProcessHandle process) {
        return process.info().commandLine().isPresent();
    }
}
