package nightshift.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// Tests a worker that runs its command as another user. Only root can do that.
@Timeout(60)
class TwoUsersTest {
    private static final StubApiServer SERVER = new StubApiServer();

    /// Credentials of the machine, in the forms that AWS's SDKs know.
    private static final Map<String, String> OF_THE_BUILD =
            Map.of(
                    "AWS_ACCESS_KEY_ID", "build-key-id",
                    "AWS_SECRET_ACCESS_KEY", "build-secret-key",
                    "AWS_SESSION_TOKEN", "build-session",
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/build-guid",
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/build-guid",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "build-container-token",
                    "AWS_WEB_IDENTITY_TOKEN_FILE", "/build-web-identity",
                    "CODEBUILD_AUTH_TOKEN", "build-agent-token",
                    "AWS_REGION", "eu-central-1");

    @TempDir private Path folder;
    private String user = "";

    @BeforeEach
    void findUser() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root has other users");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "there is no setpriv");
        var busy =
                ProcessHandle.allProcesses()
                        .flatMap(process -> process.info().user().stream())
                        .collect(Collectors.toSet());
        var known = Set.of("games", "irc", "list", "mail", "news", "nobody", "ftp", "sync");
        user =
                Files.readAllLines(Path.of("/etc/passwd")).stream()
                        .map(line -> line.split(":", 2)[0])
                        .filter(name -> known.contains(name) && !busy.contains(name))
                        .findFirst()
                        .orElse("");
        assumeTrue(!user.isEmpty(), "no user is free");
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void a_command_finds_no_credential_of_the_worker() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var secrets =
                Files.writeString(folder.resolve("secrets.json"), "{\"MINE\": \"my-own-secret\"}");
        Files.setPosixFilePermissions(secrets, Set.of());
        var command =
                """
                env
                for p in /proc/[0-9]*; do
                    cat $p/cmdline $p/environ $p/maps $p/mem 2>/dev/null | tr '\\0' '\\n'
                    ls -l $p/cwd $p/root $p/fd 2>/dev/null
                    dd if=$p/mem bs=1 count=1 2>/dev/null
                done
                cat '%s'
                ls -laR /tmp 2>/dev/null | grep -i secret
                sudo -n id; su root -c id </dev/null
                """
                        .formatted(secrets);

        work(run, command, Map.of("NIGHTSHIFT_WORKER_SECRETS", secrets.toString())).waitFor();

        var found = String.join("\n", run.lines());
        assertThat(found)
                .contains("MINE=***", "AWS_REGION=eu-central-1", "USER=" + user)
                .doesNotContain("phr_test", "claim_token", "my-own-secret", "NIGHTSHIFT_WORKER_")
                .doesNotContain("build-")
                .doesNotContain("uid=0");
    }

    @Test
    void a_command_is_the_user_in_a_folder_of_its_own() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var command =
                """
                id -un; echo a > "$NIGHTSHIFT_ARTIFACTS/a.md"; echo '{"ok": 1}' > "$NIGHTSHIFT_OUTPUT"
                touch file ~/file; test "$HOME" != /root && test -w "$HOME" && echo home; cat
                """;

        assertThat(work(run, command, Map.of()).waitFor()).isZero();

        assertThat(run.lines()).containsExactly(user, "home", "Work.");
        assertThat(run.files()).containsOnlyKeys("a.md");
        assertThat(run.output()).isEqualTo("{\"ok\": 1}\n");
    }

    @Test
    void a_run_sees_no_files_of_another_one() throws Exception {
        var other = SERVER.queue("Work.", "", "");
        var run = SERVER.queue("Work.", "", "");
        var hidden = UUID.randomUUID().toString(); // stands in no file but the run's
        var first =
                work(
                        other,
                        "echo %s > note; echo begun; sleep 1; echo done".formatted(hidden),
                        Map.of());
        while (!other.lines().contains("begun")) {
            Thread.sleep(10);
        }

        var second =
                work(
                        run,
                        "grep -rs %s /tmp /var/tmp /dev/shm /proc/[0-9]*/cwd/; true"
                                .formatted(hidden),
                        Map.of());
        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();

        assertThat(run.lines()).isEmpty();
        assertThat(run.status()).isEqualTo("completed");
    }

    @Test
    void everything_that_the_user_has_started_ends_with_the_run() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        var command =
                "cd /; (env -i setsid sleep 4446 >/dev/null 2>&1 </dev/null &) ; sleep 0.2; echo ok";

        assertThat(work(run, command, Map.of()).waitFor()).isZero();

        assertThat(ProcessHandle.allProcesses().map(ProcessHandle::info))
                .filteredOn(
                        process -> process.command().isPresent()) // not what waits for its parent
                .extracting(process -> process.user().orElse(""))
                .doesNotContain(user);
    }

    @Test
    void an_unknown_user_is_an_error_before_the_claim() throws Exception {
        var run = SERVER.queue("Work.", "", "");
        user = "no-such-user";

        assertThat(work(run, "true", Map.of()).waitFor()).isEqualTo(2);

        assertThat(run.status()).isEqualTo("queued");
    }

    private Process work(StubApiServer.Run run, String command, Map<String, String> more)
            throws IOException {
        var environment = new HashMap<>(OF_THE_BUILD);
        environment.putAll(more);
        environment.put("NIGHTSHIFT_WORKER_USER", user);
        environment.put("NIGHTSHIFT_WORKER_COMMAND", command);
        return WorkerProcess.start(folder, List.of(), run, environment);
    }
}
