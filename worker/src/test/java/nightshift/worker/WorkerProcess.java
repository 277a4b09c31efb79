package nightshift.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The worker as a process, as it is deployed.
final class WorkerProcess {
    private WorkerProcess() {}

    /// Starts the worker from a script, so that its environment has the same bytes in each locale.
    ///
    /// @param prefix the program and arguments that start the worker
    static Process start(
            Path folder,
            List<String> prefix,
            StubApiServer.Run run,
            Map<String, String> environment)
            throws IOException {
        var announced = run.announced();
        var script = new StringBuilder();
        environment.forEach((name, value) -> script.append(export(name, value)));
        script.append(
                export(
                        "NIGHTSHIFT_RUN",
                        """
                        {"api_url": "%s", "project_id": "1", "task_id": "%s", "run_id": "%s",
                         "claim_token": "token"}\
                        """
                                .formatted(
                                        announced.api(), announced.taskId(), announced.runId())));
        script.append(
                "exec %s '%s' -XX:TieredStopAtLevel=1 -Xmx%s -cp '%s' %s\n"
                        .formatted(
                                String.join(" ", prefix),
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                environment.getOrDefault("MEMORY", "128m"),
                                System.getProperty("java.class.path"),
                                WorkerMain.class.getName()));
        var file = Files.createTempFile(folder, "worker", ".sh");
        Files.write(file, script.toString().getBytes(UTF_8));
        return new ProcessBuilder("sh", file.toString()).inheritIO().start();
    }

    private static String export(String name, String value) {
        return "export %s='%s'\n".formatted(name, value.replace("'", "'\\''"));
    }
}
