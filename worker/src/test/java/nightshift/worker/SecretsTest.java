package nightshift.worker;

import static nightshift.worker.Worker.Ending.COMPLETED;
import static nightshift.worker.Worker.Ending.FAILED;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Tests the secrets of a command: its variables, their masks, and a token for git.
@Timeout(60)
class SecretsTest {
    private static final String TOKEN = "s3cret+T0ken/with=signs";
    private static final StubApiServer SERVER = new StubApiServer();
    private static GitServer git;

    @TempDir private static Path origins;
    @TempDir private Path folder;

    @BeforeAll
    static void makeRepository() throws Exception {
        var script =
                """
                set -e
                git init --quiet --bare --initial-branch=main acme/tools.git
                git -C acme/tools.git config http.receivepack true
                git init --quiet --initial-branch=main first && cd first
                echo one > README; git add README
                git -c user.name=a -c user.email=a@example.com commit --quiet -m one
                git push --quiet ../acme/tools.git main
                """;
        assertThat(
                        new ProcessBuilder("sh", "-c", script)
                                .directory(origins.toFile())
                                .inheritIO()
                                .start()
                                .waitFor())
                .isZero();
        git = new GitServer(origins, "x-access-token", TOKEN);
    }

    @AfterAll
    static void stop() {
        git.close();
        SERVER.close();
    }

    @Test
    void a_secret_that_was_left_as_the_output_is_not_quoted() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var command = "printf %s \"$GITHUB_TOKEN\" > \"$NIGHTSHIFT_OUTPUT\"";
        new Worker(settings(run, command, secrets())).work();
        assertThat(run.reason()).endsWith("is no JSON.");
        assertThat(run.lines())
                .containsExactly("The output file is malformed in line 1, column 1.");
    }

    @Test
    void a_private_repository_is_cloned_and_a_branch_is_pushed_without_a_trace_of_the_token()
            throws Exception {
        var run = SERVER.queue("Work.", "acme/tools", "");
        var command =
                """
                git checkout --quiet -b fix/typo && echo two > README
                git -c user.name=a -c user.email=a@example.com commit --quiet -a -m two
                GIT_CURL_VERBOSE=1 GIT_TRACE=1 git push origin fix/typo
                cat .git/config; git remote -v; git config --list --show-origin
                ls ~/.git-credentials 2>/dev/null
                cp .git/config "$NIGHTSHIFT_ARTIFACTS/config"
                echo "$GITHUB_TOKEN"
                """;
        var working =
                CompletableFuture.supplyAsync(
                        () -> new Worker(settings(run, command, secrets())).work());
        while (!working.isDone()) {
            assertThat(commandLines()).doesNotContain(TOKEN);
        }

        assertThat(working.join()).isEqualTo(COMPLETED);
        assertThat(run.lines().toString()).doesNotContain(TOKEN);
        assertThat(run.lines()).endsWith("***", "Pushed fix/typo.");
        assertThat(run.output()).isEqualTo("{\"pushed_branches\": [\"fix/typo\"]}");
        assertThat(run.files().get("config")).contains(git.url()).doesNotContain(TOKEN);
        assertThat(in("acme/tools.git", "git log -1 --format=%s fix/typo")).isEqualTo("two");
    }

    @Test
    void without_the_token_the_clone_fails() {
        var run = SERVER.queue("Work.", "acme/tools", "");

        assertThat(new Worker(settings(run, "true", null)).work()).isEqualTo(FAILED);

        assertThat(run.reason()).contains("acme/tools could not be cloned");
    }

    @Test
    void an_output_keeps_its_bytes_beside_the_branches() throws IOException {
        var run = SERVER.queue("Work.", "acme/tools", "");
        var command =
                """
                git checkout --quiet -b "b$NIGHTSHIFT_RUN_ID" && git push --quiet origin HEAD
                echo '{"pr_url":  "https://example.com/1", "n": 1.50}' > "$NIGHTSHIFT_OUTPUT"
                """;

        assertThat(new Worker(settings(run, command, secrets())).work()).isEqualTo(COMPLETED);

        assertThat(run.output())
                .isEqualTo(
                        """
                        {"pushed_branches": ["b%s"], "pr_url":  "https://example.com/1", "n": 1.50}
                        """
                                .formatted(run.id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "printf '%s\\n' \"$SECRET\"",
                "printf '%s\\n' \"$SECRET\" >&2",
                "printf 'x%.6s' \"$SECRET\"; sleep 2.2; printf '%s' \"$SECRET\" | cut -c7-",
                "printf '%s' \"$SECRET\" | base64 -w0",
                "printf 'x-access-token:%s' \"$SECRET\" | base64 -w0",
                "printf '%s\\r' \"$SECRET\"",
                "exec 2>&1; set -x; : \"$SECRET\""
            })
    void a_secret_is_masked_in_whatever_way_it_is_printed(String command) throws IOException {
        var run = SERVER.queue("Work.", "", "");
        var file = secrets("{\"SECRET\": \"correct-horse\"}");

        new Worker(settings(run, command, file)).work();

        var printed = String.join("", run.lines());
        assertThat(printed)
                .contains("***")
                .doesNotContain("correct", "horse", "Y29ycmVjd", "ZWNjZXNzL");
    }

    @Test
    void each_line_of_a_key_is_masked() throws IOException {
        var run = SERVER.queue("Work.", "", "");
        var file =
                secrets("{\"KEY\": \"-----BEGIN-----\\nabcdefgh\\nijklmnop\\n-----END-----\\n\"}");

        new Worker(settings(run, "echo \"$KEY\"; echo; echo ijklmnop", file)).work();

        assertThat(run.lines()).containsExactly("***", "***", "***", "***", "", "", "***");
    }

    @Test
    void an_output_shows_no_secret() throws IOException {
        var run = SERVER.queue("Work.", "", "");
        var file = secrets("{\"SECRET\": \"correct-horse\"}");

        new Worker(settings(run, "echo '[\"a correct-horse\", 1]' > \"$NIGHTSHIFT_OUTPUT\"", file))
                .work();

        assertThat(run.output()).isEqualTo("[\"a ***\", 1]\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "\"correct-horse\"",
                "{\"A\": \"correct-horse\"",
                "{\"A\": \"correct-horse\", \"A\": \"b\"}",
                "{\"A\": 1}",
                "{\"A-B\": \"correct-horse\"}",
                "{\"PATH\": \"correct-horse\"}",
                "{\"NIGHTSHIFT_RUN\": \"correct-horse\"}",
                "{\"LD_PRELOAD\": \"correct-horse\"}",
                "{\"A\": \"correct-horse\\u0000\"}"
            })
    void secrets_that_are_no_variables_fail_the_run_without_their_values(String content)
            throws IOException {
        var run = SERVER.queue("Work.", "", "");

        assertThat(new Worker(settings(run, "true", secrets(content))).work()).isEqualTo(FAILED);

        assertThat(run.reason())
                .startsWith("The secrets of the worker cannot be used: ")
                .doesNotContain("correct");
    }

    @Test
    void a_missing_file_fails_the_run() {
        var run = SERVER.queue("Work.", "", "");

        new Worker(settings(run, "true", folder.resolve("none"))).work();

        assertThat(run.reason()).contains("none cannot be read");
    }

    private Path secrets() {
        try {
            return secrets("{\"GITHUB_TOKEN\": \"" + TOKEN + "\"}");
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private Path secrets(String content) throws IOException {
        return Files.writeString(folder.resolve("secrets.json"), content);
    }

    private static WorkerSettings settings(StubApiServer.Run run, String command, Path secrets) {
        return new WorkerSettings(
                run.announced(),
                command,
                Duration.ofMinutes(1),
                git.url(),
                WorkerRunner.BRISK,
                false,
                false,
                new CommandAccess(null, secrets, null));
    }

    /// The command lines of all processes, as `ps` shows them to everybody.
    private static String commandLines() throws IOException {
        var all = new StringBuilder();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                try {
                    all.append(Files.readString(process.resolve("cmdline"))).append('\n');
                } catch (IOException gone) {
                    // it has ended
                }
            }
        }
        return all.toString();
    }

    private static String in(String folder, String command) throws Exception {
        var process =
                new ProcessBuilder("sh", "-c", command)
                        .directory(origins.resolve(folder).toFile())
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
