package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.Json;
import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.TextTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `nightshift get`.
@Command(name = "get", description = "Fetches the artifacts of a run as files.")
public final class Get extends Verb {
    @Parameters(
            index = "0",
            paramLabel = "RUN",
            description = "Its id or a unique prefix, or an automation: its last run.")
    String name = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ARTIFACT",
            description = "Names of artifacts; all if none is given.")
    List<String> artifacts = new ArrayList<>();

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "The folder; this one if it is not given.")
    Path folder = Path.of(".");

    @Option(names = "--force", description = "Replaces files that are there.")
    boolean force;

    @Override
    protected int run() {
        var path = RunPath.find(api(), name);
        var answer = api().get(path.path());
        var wanted = wanted(answer.json().path("artifacts"));
        if (wanted.isEmpty()) {
            terminal().say("The run has no artifacts.");
        }
        var taken = new HashSet<String>();
        for (var artifact : wanted) {
            var file = folder.resolve(fileName(artifact, taken));
            fetch(path, artifact, file);
            if (!json) {
                terminal().line(file.toString());
            }
        }
        if (json) {
            terminal().line(answer.text());
        }
        return ExitCode.DONE;
    }

    private List<JsonNode> wanted(JsonNode manifest) {
        if (artifacts.isEmpty()) {
            return manifest.valueStream().toList();
        }
        var wanted = new ArrayList<JsonNode>();
        for (var text : artifacts) {
            var found =
                    manifest.valueStream()
                            .filter(one ->
                                    one.path("name").asText().equals(text)
                                            || one.path("id").asText().startsWith(text))
                            .toList();
            if (found.isEmpty()) {
                throw CliException.refused(
                        "The run has no artifact \"" + text + "\".",
                        manifest.isEmpty()
                                ? "It has none at all."
                                : "It has: "
                                        + String.join(
                                                ", ",
                                                manifest.valueStream()
                                                        .map(one ->
                                                                TextTable.printable(
                                                                        one.path("name").asText()))
                                                        .toList()));
            }
            wanted.addAll(found);
        }
        return wanted;
    }

    /// The last part of the name, which must not lead out of the folder.
    private static String fileName(JsonNode artifact, Set<String> taken) {
        String name = artifact.path("name").asText().replace('\\', '/');
        String last = TextTable.printable(name.substring(name.lastIndexOf('/') + 1)).strip();
        String safe = last.isEmpty() || last.equals(".") || last.equals("..") ? "artifact" : last;
        String free = safe;
        for (int number = 2; !taken.add(free); number++) {
            free = number + "-" + safe;
        }
        return free;
    }

    private void fetch(RunPath run, JsonNode artifact, Path file) {
        if (Files.exists(file) && !force) {
            throw CliException.refused(
                    file + " is there already.", "--force replaces it; --to names another folder.");
        }
        var link =
                api().send(
                                "POST",
                                run.path() + "artifacts/presign/",
                                Json.object()
                                        .put(
                                                "storage_path",
                                                artifact.path("storage_path").asText()));
        try (var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
            Files.createDirectories(folder);
            var response =
                    http.send(
                            HttpRequest.newBuilder(URI.create(link.json().path("url").asText()))
                                    .timeout(Duration.ofMinutes(10))
                                    .build(),
                            BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw CliException.refused(
                            artifact.path("name").asText()
                                    + " cannot be fetched: storage answered "
                                    + response.statusCode()
                                    + ".",
                            "Artifacts are kept for 30 days.");
                }
                var part = Files.createTempFile(folder, ".nightshift", ".part");
                Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException failed) {
            throw CliException.refused(file + " cannot be written: " + failed.getMessage(), null);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw CliException.refused("Interrupted.", null);
        }
    }
}
