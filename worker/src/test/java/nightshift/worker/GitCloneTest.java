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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Tests the clone of the repository.
@Timeout(60)
class GitCloneTest {
    private static final StubApiServer SERVER = new StubApiServer();

    @TempDir private static Path origins;
    private static String firstCommit = "";

    @BeforeAll
    static void makeRepository() throws Exception {
        var script =
                """
                git init --quiet --initial-branch=main acme/tools.git && cd acme/tools.git
                git config user.name a; git config user.email a@example.com
                echo one > README; git add README; git commit --quiet -m one
                git tag v1; git checkout --quiet -b 'feature/naïve'; git checkout --quiet main
                echo two > README; git commit --quiet -a -m two
                git rev-parse v1
                """;
        var file = Files.writeString(origins.resolve("make.sh"), script); // UTF-8 in every locale
        var git = new ProcessBuilder("sh", file.toString()).directory(origins.toFile()).start();
        firstCommit =
                new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(git.waitFor()).isZero();
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "main", "v1", "feature/naïve", "commit", "short commit"})
    void branches_tags_and_commits_are_checked_out(String branch) {
        var wanted =
                switch (branch) {
                    case "commit" -> firstCommit;
                    case "short commit" -> firstCommit.substring(0, 10);
                    default -> branch;
                };
        var run = SERVER.queue("Read.", "acme/tools", wanted);

        assertThat(work(run, origins.toUri().toString(), false)).isEqualTo(COMPLETED);

        var content = branch.isEmpty() || branch.equals("main") ? "two" : "one";
        assertThat(run.lines()).containsExactly("Cloned acme/tools.", content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-branch", "0123456789abcdef0123456789abcdef01234567"})
    void a_branch_that_cannot_be_cloned_fails_the_run_with_gits_words(String branch) {
        var run = SERVER.queue("Read.", "acme/tools", branch);

        assertThat(work(run, origins.toUri().toString(), false)).isEqualTo(FAILED);

        assertThat(run.reason())
                .startsWith("The branch " + branch + " of acme/tools could not be cloned: ")
                .contains("fatal: ");
        assertThat(run.lines()).isEmpty();
    }

    @Test
    void a_repository_that_cannot_be_cloned_fails_the_run_with_gits_words() {
        var run = SERVER.queue("Read.", "acme/none", "");

        assertThat(work(run, origins.toUri().toString(), false)).isEqualTo(FAILED);

        assertThat(run.reason())
                .startsWith("The repository acme/none could not be cloned: fatal: ")
                .contains("acme/none.git");
    }

    @ParameterizedTest
    @CsvSource({"acme/timeout, ''", "acme/ssl-error, ''", "acme/tools, fix/timed out"})
    void a_name_says_nothing_of_the_network(String repository, String branch) {
        var run = SERVER.queue("Read.", repository, branch.replace(' ', '-'));
        assertThat(work(run, origins.toUri().toString(), false)).isEqualTo(FAILED);
        assertThat(run.reason()).contains("could not be cloned");
        assertThat(run.isTemporary()).isFalse();
    }

    @Test
    void a_setting_allows_an_empty_folder_and_the_reason_is_logged() {
        var run = SERVER.queue("Read.", "acme/none", "");

        assertThat(work(run, origins.toUri().toString(), true)).isEqualTo(COMPLETED);

        assertThat(run.lines().getFirst())
                .startsWith("The repository acme/none could not be cloned: fatal: ")
                .endsWith(" The command starts in an empty folder.");
    }

    @Test
    void credentials_are_not_shown() {
        var run = SERVER.queue("Read.", "acme/none", "");

        assertThat(work(run, "http://someone:ghp_abc123@127.0.0.1:9/", false)).isEqualTo(FAILED);

        assertThat(run.reason()).contains("127.0.0.1").doesNotContain("someone", "abc123");
    }

    private static Worker.Ending work(StubApiServer.Run run, String repositories, boolean empty) {
        var settings =
                new WorkerSettings(
                        run.announced(),
                        "cat README || true",
                        Duration.ofMinutes(1),
                        repositories,
                        WorkerRunner.BRISK,
                        empty,
                        false);
        return new Worker(settings).work();
    }
}
