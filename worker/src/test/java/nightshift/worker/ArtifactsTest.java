package nightshift.worker;

import static nightshift.worker.Worker.Ending.COMPLETED;
import static nightshift.worker.Worker.Ending.FAILED;
import static nightshift.worker.Worker.Ending.RUN_OVER;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/// Tests the artifact folder of a command. Each file is uploaded or named with a reason.
@Timeout(60)
class ArtifactsTest {
    private static final StubApiServer SERVER = new StubApiServer();
    private static final String INTO = "cd \"$NIGHTSHIFT_ARTIFACTS\"; echo a > a.md; ";

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ln -s a.md b                          | b was not kept: it is a symbolic link.
                    ln -s /nowhere b                      | b was not kept: it is a symbolic link.
                    ln -s . b                             | b was not kept: it is a symbolic link.
                    mkdir d; ln -s .. d/b                 | d/b was not kept: it is a symbolic link.
                    mkfifo b                              | b was not kept: it is no regular file.
                    truncate -s 3G b                      | b was not kept: it is larger than 30 MiB.
                    truncate -s 31457281 b                | b was not kept: it is larger than 30 MiB.
                    touch "$(printf 'b\\377')"            | b\\xff was not kept: its name is no UTF-8 or has control characters.
                    touch "$(printf 'b\\nc')"             | b\\x0ac was not kept: its name is no UTF-8 or has control characters.
                    touch "$(printf 'b\\033[1m')"         | b\\x1b[1m was not kept: its name is no UTF-8 or has control characters.
                    mkdir "$(printf '\\377')"; touch "$(printf '\\377/b')" | \\xff/b was not kept: its name is no UTF-8 or has control characters.
                    """)
    void what_cannot_be_kept_is_named(String command, String line) {
        var run = WorkerRunner.of(SERVER, INTO + command, COMPLETED);

        assertThat(run.files()).isEqualTo(Map.of("a.md", "a\n"));
        assertThat(run.lines()).containsExactly(line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    rm -rf "$NIGHTSHIFT_ARTIFACTS" | No file was kept: the artifact folder was removed.
                    cd /; rm -rf "$NIGHTSHIFT_ARTIFACTS"; ln -s /etc "$NIGHTSHIFT_ARTIFACTS" | No file was kept: the artifact folder is no folder any more.
                    cd /; rm -rf "$NIGHTSHIFT_ARTIFACTS"; echo > "$NIGHTSHIFT_ARTIFACTS" | No file was kept: the artifact folder is no folder any more.
                    cd /; rm -rf "$NIGHTSHIFT_ARTIFACTS"; mkfifo "$NIGHTSHIFT_ARTIFACTS" | No file was kept: the artifact folder is no folder any more.
                    """)
    void a_folder_that_is_gone_is_named(String command, String line) {
        var run = WorkerRunner.of(SERVER, command, COMPLETED);

        assertThat(run.files()).isEmpty();
        assertThat(run.lines()).containsExactly(line);
    }

    @Test
    void files_of_all_names_sizes_and_folders_are_kept() {
        var run =
                WorkerRunner.of(
                        SERVER,
                        INTO
                                + """
                                mkdir -p d/e 'with blank'
                                touch empty
                                echo 1 > d/e/deep.txt
                                echo 2 > 'with blank/日本語.md'
                                echo 3 > d__e__deep.txt
                                echo 4 > '${filename}'
                                echo 5 > '"quoted" %41 #1?'
                                ln a.md hard
                                printf '\\377' > latin.txt
                                """,
                        COMPLETED);

        assertThat(run.lines()).isEmpty();
        assertThat(run.files())
                .containsEntry("empty", "")
                .containsEntry("with blank__日本語.md", "2\n")
                .containsEntry("${filename}", "4\n")
                .containsEntry("\"quoted\" %41 #1?", "5\n")
                .containsEntry("hard", "a\n")
                .containsKeys("d__e__deep.txt", "d__e__deep-2.txt", "latin.txt")
                .hasSize(9);
        assertThat(run.contentType("a.md")).isEqualTo("text/markdown; charset=utf-8");
        assertThat(run.contentType("latin.txt")).isEqualTo("text/plain");
        assertThat(run.contentType("hard")).isEqualTo("application/octet-stream");
    }

    @Test
    void names_are_shortened_and_stay_distinct() {
        var run =
                WorkerRunner.of(
                        SERVER,
                        """
                        cd "$NIGHTSHIFT_ARTIFACTS"; long=$(head -c 200 /dev/zero | tr '\\0' x)
                        mkdir -p a/$long/$long b/$long/$long
                        echo 1 > a/$long/$long/c.txt; echo 2 > b/$long/$long/c.txt
                        """,
                        COMPLETED);

        assertThat(run.files().values()).containsExactlyInAnyOrder("1\n", "2\n");
        assertThat(run.files().keySet())
                .allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(255))
                .allSatisfy(name -> assertThat(name).endsWith(".txt"));
    }

    @Test
    void more_files_than_are_kept_are_named() {
        var run =
                WorkerRunner.of(
                        SERVER,
                        "cd \"$NIGHTSHIFT_ARTIFACTS\"; for i in $(seq 1000 1102); do echo > $i; done",
                        COMPLETED);

        assertThat(run.files()).hasSize(100);
        assertThat(run.lines())
                .containsExactlyInAnyOrder(
                        "1100 was not kept: there are more than 100 files.",
                        "1101 was not kept: there are more than 100 files.",
                        "1102 was not kept: there are more than 100 files.");
    }

    @Test
    void a_tree_deeper_than_a_path_can_be_is_named() {
        var command =
                INTO
                        + "i=0; while [ $i -lt 30 ]; do n=$(head -c 200 /dev/zero | tr '\\0' y);"
                        + " mkdir $n && cd -P $n; i=$((i+1)); done; echo > end";

        var run = WorkerRunner.of(SERVER, command, COMPLETED);

        assertThat(run.files()).containsOnlyKeys("a.md");
        assertThat(run.lines()).hasSize(1).allMatch(line -> line.contains("was not kept: "));
    }

    @Test
    void a_cancel_stops_the_uploads() throws Exception {
        var run = SERVER.queue("Work.", "", "").holdingUploads();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var working = threads.submit(() -> new Worker(WorkerRunner.settings(run, INTO)).work());
            run.awaitUpload();

            run.cancel();

            assertThat(working.get()).isEqualTo(RUN_OVER);
        }
        assertThat(run.status()).isEqualTo("cancelled");
        assertThat(run.files()).isEmpty();
    }

    @Test
    void uploads_that_take_too_long_are_given_up_and_the_run_follows_its_command() {
        var run = SERVER.queue("Work.", "", "").holdingUploads();
        var settings = WorkerRunner.settings(run, INTO + "exit 3", Duration.ofSeconds(1));

        assertThat(new Worker(settings).work()).isEqualTo(FAILED);

        assertThat(run.reason()).isEqualTo("The command exited with 3.");
        assertThat(run.lines())
                .containsExactly(
                        "Keeping the artifacts took longer than its limit of 10 seconds.",
                        "a.md was not kept: there was no time left.");
    }
}
