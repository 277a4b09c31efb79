package nightshift.worker;

import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The default command. It needs no account and changes nothing. It shows the log, the artifacts
/// and the output of a command.
final class DemoCommand {
    private DemoCommand() {}

    /// Reads the prompt from standard input, and writes a report, some lines and an output.
    public static void main(String[] arguments) throws IOException {
        var prompt = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
        var repository = System.getenv().getOrDefault("NIGHTSHIFT_REPOSITORY", "");
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        System.out.println("This is the demonstration: no agent was called.");
        System.out.println("Repository: " + (repository.isEmpty() ? "none" : repository));
        System.out.println("Prompt: " + prompt);
        var report =
                """
                # Report of the demonstration

                - Repository: %s
                - Time: %s

                > %s

                Set NIGHTSHIFT_WORKER_COMMAND, for example to `claude -p`, and an agent answers.
                """
                        .formatted(repository, now, prompt.replace("\n", "\n> "));
        Files.writeString(Path.of(System.getenv("NIGHTSHIFT_ARTIFACTS"), "report.md"), report);
        var output = new ObjectMapper().createObjectNode();
        output.put("demonstration", true).put("repository", repository).put("time", "" + now);
        Files.writeString(Path.of(System.getenv("NIGHTSHIFT_OUTPUT")), output.toString());
        System.out.println("Wrote report.md and an output.");
    }
}
