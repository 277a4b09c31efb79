package nightshift.worker;

import static nightshift.worker.Worker.Ending.COMPLETED;
import static nightshift.worker.Worker.Ending.FAILED;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests valid and invalid outputs of a command.
@Timeout(60)
class OutputTest {
    private static final StubApiServer SERVER = new StubApiServer();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mkfifo \"$NIGHTSHIFT_OUTPUT\"",
                "mkdir \"$NIGHTSHIFT_OUTPUT\"",
                "mkdir \"$NIGHTSHIFT_OUTPUT\"; touch \"$NIGHTSHIFT_OUTPUT/a\"",
                "ln -s /etc/passwd \"$NIGHTSHIFT_OUTPUT\"",
                "ln -s /nowhere \"$NIGHTSHIFT_OUTPUT\"",
                "ln -s /dev/zero \"$NIGHTSHIFT_OUTPUT\"",
                "ln -s /dev/tty \"$NIGHTSHIFT_OUTPUT\"",
                "ln -s output.json \"$NIGHTSHIFT_OUTPUT\"",
                "mkfifo a; ln -s $PWD/a \"$NIGHTSHIFT_OUTPUT\"",
                "echo '{}' > a.json; ln -s $PWD/a.json \"$NIGHTSHIFT_OUTPUT\""
            })
    void an_output_that_is_no_regular_file_fails_the_run(String command) {
        var run = WorkerRunner.of(SERVER, command + "; echo done", FAILED);

        assertThat(run.status()).isEqualTo("failed");
        assertThat(run.reason()).isEqualTo("The output that the command left is no regular file.");
        assertThat(run.output()).isNull();
        assertThat(run.lines()).containsExactly("done");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "truncate -s 3G \"$NIGHTSHIFT_OUTPUT\"",
                "truncate -s 262145 \"$NIGHTSHIFT_OUTPUT\"",
                "head -c 300000 /dev/zero | tr '\\0' 1 > \"$NIGHTSHIFT_OUTPUT\""
            })
    void an_output_that_is_too_large_fails_the_run(String command) {
        var run = WorkerRunner.of(SERVER, command, FAILED);

        assertThat(run.reason())
                .isEqualTo("The output that the command left is larger than 256 KiB.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1} junk",
                "{\"a\":1}{\"b\":2}",
                "1 2",
                "{\"a\":1",
                "[",
                "",
                " \\n",
                "nul",
                "NaN",
                "Infinity",
                "01",
                "+1",
                ".5",
                "'a'",
                "{a:1}",
                "[1,]",
                "// no\\n1",
                "\\357\\273\\277{}",
                "\"\\377\"",
                "\"\\355\\240\\200\"",
                "\"\\300\\200\"",
                "{}\\0",
                "\\377\\376{\\0}\\0",
                "\"\\001\""
            })
    void an_output_that_is_no_json_fails_the_run(String printed) {
        var run =
                WorkerRunner.of(
                        SERVER,
                        "printf '" + printed.replace("'", "'\\''") + "' > \"$NIGHTSHIFT_OUTPUT\"",
                        FAILED);

        assertThat(run.reason()).isEqualTo("The output that the command left is no JSON.");
        assertThat(run.lines()).hasSize(1); // the details
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"c\":0.1000000000000000055511151231257827}",
                "1e400",
                "123456789012345678901234567890",
                "-0.0",
                "1.50",
                "{\"b\": 1,  \"a\":\t2}\n",
                "\"\\u00e9 \\ud83d\\ude00\"",
                "\"naïve 日本語\"",
                "[true,false,null]",
                "\"\"",
                "{}"
            })
    void an_output_arrives_byte_for_byte(String json) {
        var command =
                "cat > \"$NIGHTSHIFT_OUTPUT\" <<'END_OF_OUTPUT'\n"
                        + json.strip()
                        + "\nEND_OF_OUTPUT";

        var run = WorkerRunner.of(SERVER, command, COMPLETED);

        assertThat(run.output()).isEqualTo(json.strip() + "\n");
    }

    @Test
    void an_output_as_large_as_is_allowed_arrives() {
        var command =
                "(printf '\"'; head -c 262142 /dev/zero | tr '\\0' x; printf '\"')"
                        + " > \"$NIGHTSHIFT_OUTPUT\"";

        assertThat(WorkerRunner.of(SERVER, command, COMPLETED).output()).hasSize(262_144);
    }

    @ParameterizedTest
    @CsvSource({"[, 900", "[, 200000", "{\"a\":, 40000"})
    void deep_nesting_ends_the_run_whatever_is_made_of_it(String opening, int depth) {
        var run = SERVER.queue("Work.", "", "");
        var command =
                "yes '%s' | head -n %d | tr -d '\\n' > \"$NIGHTSHIFT_OUTPUT\""
                        .formatted(opening, depth);

        assertThat(new Worker(WorkerRunner.settings(run, command)).work()).isEqualTo(FAILED);

        assertThat(run.reason()).startsWith("The output that the command left is");
    }

    @Test
    void a_failed_command_keeps_its_output_and_its_own_reason() {
        var valid =
                WorkerRunner.of(
                        SERVER, "echo '{\"tried\": 1.0}' > $NIGHTSHIFT_OUTPUT; exit 3", FAILED);
        var invalid = WorkerRunner.of(SERVER, "mkfifo $NIGHTSHIFT_OUTPUT; exit 3", FAILED);

        assertThat(valid.reason()).isEqualTo("The command exited with 3.");
        assertThat(valid.output()).isEqualTo("{\"tried\": 1.0}\n");
        assertThat(invalid.reason()).isEqualTo("The command exited with 3.");
        assertThat(invalid.lines())
                .containsExactly("The output that the command left is no regular file.");
    }

    @Test
    void a_task_with_a_schema_needs_an_output() {
        var run = SERVER.queue("Work.", "", "").withSchema("{\"type\": \"object\"}");

        assertThat(new Worker(WorkerRunner.settings(run, "echo $NIGHTSHIFT_JSON_SCHEMA")).work())
                .isEqualTo(FAILED);

        assertThat(run.reason())
                .isEqualTo("The task asks for an output, and the command left none.");
        assertThat(run.lines()).containsExactly("{\"type\":\"object\"}");
    }

    @Test
    void a_removed_folder_is_no_output() {
        assertThat(
                        WorkerRunner.of(
                                        SERVER,
                                        "rm -rf \"$(dirname $NIGHTSHIFT_OUTPUT)\"",
                                        COMPLETED)
                                .lines())
                .containsExactly("No file was kept: the artifact folder was removed.");
    }
}
