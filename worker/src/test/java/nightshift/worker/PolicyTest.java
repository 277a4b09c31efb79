package nightshift.worker;

import static nightshift.worker.Worker.Ending.COMPLETED;
import static nightshift.worker.Worker.Ending.FAILED;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;

/// Tests what a worker does with the policy of the run's automation, and which failures it calls
/// temporary.
@Timeout(60)
class PolicyTest {
    private static final StubApiServer SERVER = new StubApiServer();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @ParameterizedTest
    @CsvSource({"75, true", "1, false", "74, false", "76, false"})
    void only_exit_code_75_is_a_temporary_failure(int code, boolean temporary) {
        var run = WorkerRunner.of(SERVER, "exit " + code, FAILED);

        assertThat(run.reason()).isEqualTo("The command exited with " + code + ".");
        assertThat(run.isTemporary()).isEqualTo(temporary);
    }

    @Test
    void a_clone_that_fails_on_the_network_is_a_temporary_failure() throws Exception {
        int port;
        try (var closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        assertThat(clone("http://127.0.0.1:" + port + "/").isTemporary()).isTrue();
    }

    @Test
    void a_clone_of_what_is_not_there_is_none() {
        var nowhere = Path.of("/nowhere/at/all/").toUri().toString();
        assertThat(clone(nowhere).isTemporary()).isFalse();
    }

    @Test
    void the_shorter_limit_wins() {
        var run =
                SERVER.queue("Work.", "", "")
                        .withPolicy("{\"time_limit_seconds\": 1, \"environment\": {}}");
        assertThat(new Worker(WorkerRunner.settings(run, "sleep 50")).work()).isEqualTo(FAILED);
        assertThat(run.reason()).contains("1 seconds");

        var patient =
                SERVER.queue("Work.", "", "")
                        .withPolicy("{\"time_limit_seconds\": 3000, \"environment\": {}}");
        var settings = WorkerRunner.settings(patient, "sleep 50", Duration.ofSeconds(1));
        assertThat(new Worker(settings).work()).isEqualTo(FAILED);
        assertThat(patient.reason()).contains("1 seconds");
    }

    @Test
    void the_command_finds_the_variables_and_no_reserved_one_is_changed() {
        var run =
                SERVER.queue("Work.", "", "")
                        .withPolicy(
                                """
                                {"time_limit_seconds": null, "environment":
                                 {"MODE": "nightly é", "NIGHTSHIFT_PROMPT": "x", "PATH": "/",
                                  "LD_PRELOAD": "x", "AWS_REGION": "x", "a": "x"}}
                                """);
        var command =
                "echo \"$MODE|$NIGHTSHIFT_PROMPT|$LD_PRELOAD|$AWS_REGION|$a\"; ls / >/dev/null";

        assertThat(new Worker(WorkerRunner.settings(run, command)).work()).isEqualTo(COMPLETED);

        assertThat(run.lines()).contains("nightly é|Work.|||");
    }

    private static StubApiServer.Run clone(String repositories) {
        var run = SERVER.queue("Work.", "acme/tools", "");
        var settings =
                new WorkerSettings(
                        run.announced(),
                        "true",
                        Duration.ofMinutes(1),
                        repositories,
                        WorkerRunner.BRISK);
        assertThat(new Worker(settings).work()).isEqualTo(FAILED);
        return run;
    }
}
