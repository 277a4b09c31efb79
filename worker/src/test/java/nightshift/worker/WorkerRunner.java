package nightshift.worker;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.worker.Worker.Ending;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/// Runs workers on runs of a [StubApiServer].
final class WorkerRunner {
    static final WorkerTiming BRISK =
            new WorkerTiming(
                    Duration.ofMillis(20),
                    Duration.ofMillis(100),
                    Duration.ofMillis(300),
                    Duration.ofMillis(100),
                    Duration.ofMillis(20),
                    Duration.ofSeconds(5));

    private static final URI NOWHERE = Path.of("/nowhere/at/all/").toUri();

    private WorkerRunner() {}

    /// Runs a command and returns the ended run.
    static StubApiServer.Run of(StubApiServer server, String command, Ending ending) {
        var run = server.queue("Work.", "", "");
        assertThat(new Worker(settings(run, command)).work()).isEqualTo(ending);
        return run;
    }

    static WorkerSettings settings(StubApiServer.Run run, String command) {
        return settings(run, command, Duration.ofMinutes(2));
    }

    static WorkerSettings settings(StubApiServer.Run run, String command, Duration limit) {
        return new WorkerSettings(run.announced(), command, limit, NOWHERE.toString(), BRISK);
    }
}
