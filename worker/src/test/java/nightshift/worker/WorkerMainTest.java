package nightshift.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Tests the worker process: locales, file permissions, signals and memory.
@Timeout(60)
class WorkerMainTest {
    private static final StubApiServer SERVER = new StubApiServer();

    @TempDir private Path folder;

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "C.UTF-8", "xx_YY.ISO-8859-1"})
    void text_that_is_not_ascii_arrives_in_every_locale(String locale) throws Exception {
        var run = SERVER.queue("naïve 日本語", "", "");
        var command =
                """
                echo "$NIGHTSHIFT_PROMPT"; cat; echo; echo "é"; echo "$LC_ALL"
                echo ü > "$NIGHTSHIFT_ARTIFACTS/日本語.md"
                echo '"ß"' > "$NIGHTSHIFT_OUTPUT"
                """;
        var environment = Map.of("LC_ALL", locale, "NIGHTSHIFT_WORKER_COMMAND", command);

        assertThat(WorkerProcess.start(folder, List.of(), run, environment).waitFor()).isZero();

        assertThat(run.lines()).containsExactly("naïve 日本語", "naïve 日本語", "é", locale);
        assertThat(run.files()).isEqualTo(Map.of("日本語.md", "ü\n"));
        assertThat(run.output()).isEqualTo("\"ß\"\n");
    }

    @Test
    void the_demonstration_repeats_a_prompt_in_every_locale() throws Exception {
        var run = SERVER.queue("naïve 日本語", "", "");

        WorkerProcess.start(folder, List.of(), run, Map.of("LC_ALL", "C")).waitFor();

        assertThat(run.status()).isEqualTo("completed");
        assertThat(run.lines()).contains("Prompt: naïve 日本語");
        assertThat(run.files().get("report.md")).contains("naïve 日本語");
    }

    @Test
    void what_may_not_be_read_is_named() throws Exception {
        var prefix = withoutRightsOfRoot();
        var run = SERVER.queue("Work.", "", "");
        var command =
                """
                cd "$NIGHTSHIFT_ARTIFACTS"; echo a > a.md; mkdir d; echo b > d/b; echo c > c
                chmod 000 d c
                """;
        var environment = Map.of("NIGHTSHIFT_WORKER_COMMAND", command);

        assertThat(WorkerProcess.start(folder, prefix, run, environment).waitFor()).isZero();

        assertThat(run.status()).isEqualTo("completed");
        assertThat(run.files()).containsOnlyKeys("a.md");
        assertThat(run.lines())
                .containsExactlyInAnyOrder(
                        "d was not kept: permission denied.",
                        "c was not kept: it cannot be read: permission denied.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo 1 > \"$NIGHTSHIFT_OUTPUT\"; chmod 000 \"$NIGHTSHIFT_OUTPUT\"",
                "echo 1 > \"$NIGHTSHIFT_OUTPUT\"; chmod 000 \"$(dirname \"$NIGHTSHIFT_OUTPUT\")\""
            })
    void an_output_that_may_not_be_read_fails_the_run(String command) throws Exception {
        var prefix = withoutRightsOfRoot();
        var run = SERVER.queue("Work.", "", "");
        var environment = Map.of("NIGHTSHIFT_WORKER_COMMAND", command);

        assertThat(WorkerProcess.start(folder, prefix, run, environment).waitFor()).isEqualTo(1);

        assertThat(run.reason())
                .isEqualTo("The output that the command left cannot be read: permission denied.");
    }

    @Test
    void a_signal_ends_the_run_with_a_reason() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var environment = Map.of("NIGHTSHIFT_WORKER_COMMAND", "echo begun; sleep 4444");
        var worker = WorkerProcess.start(folder, List.of(), run, environment);
        while (!run.lines().contains("begun")) {
            Thread.sleep(10);
        }

        worker.destroy();

        assertThat(worker.waitFor()).isEqualTo(143);
        assertThat(run.status()).isEqualTo("failed");
        assertThat(run.reason()).isEqualTo("The worker was stopped.");
    }

    @Test
    void files_that_do_not_fit_into_memory_are_named() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var command = "cd \"$NIGHTSHIFT_ARTIFACTS\"; truncate -s 30M large; echo a > a.md";
        var environment = Map.of("NIGHTSHIFT_WORKER_COMMAND", command, "MEMORY", "24m");

        assertThat(WorkerProcess.start(folder, List.of(), run, environment).waitFor()).isZero();

        assertThat(run.status()).isEqualTo("completed");
        assertThat(run.files()).containsOnlyKeys("a.md");
        assertThat(run.lines())
                .containsExactly("large was not kept: The worker ran out of memory.");
    }

    /// Root may read all files unless these two capabilities are dropped.
    private static List<String> withoutRightsOfRoot() throws IOException, InterruptedException {
        var prefix =
                System.getProperty("user.name").equals("root")
                        ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search")
                        : List.<String>of();
        var probe =
                "d=$(mktemp -d) && chmod 000 $d && "
                        + String.join(" ", prefix)
                        + " ls $d; r=$?;"
                        + " rmdir $d; exit $r";
        assumeTrue(
                new ProcessBuilder("sh", "-c", probe).start().waitFor() == 2,
                "this user may read everything");
        return prefix;
    }
}
