package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

/// The two keys of project 1 that a local run makes when it starts for the first time.
///
/// @param write holds `task:write`
/// @param read holds `task:read`
public record ApiKeys(String write, String read) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Reads the keys from `file`, which a shell can source. Creates them with the operators'
    /// functions if there is no file.
    static ApiKeys keep(Path file, String url, Template template, LocalLambda lambda) {
        var known = read(file);
        var write = known.get("NIGHTSHIFT_KEY");
        var read = known.get("NIGHTSHIFT_READ_KEY");
        ApiKeys keys;
        if (write != null && read != null) {
            keys = new ApiKeys(write, read);
        } else {
            call(template, lambda, "PutProject", "{\"id\":1,\"name\":\"Nightshift\"}");
            keys =
                    new ApiKeys(
                            create(template, lambda, "task:write"),
                            create(template, lambda, "task:read"));
        }
        var lines =
                """
                export NIGHTSHIFT_URL=%s
                export NIGHTSHIFT_KEY=%s
                export NIGHTSHIFT_READ_KEY=%s
                """
                        .formatted(url, keys.write(), keys.read());
        write(file, lines);
        return keys;
    }

    private static String create(Template template, LocalLambda lambda, String scope) {
        var request =
                """
                {"label": "local %s", "scopes": ["%s"], "projects": [1],
                 "owner": {"first_name": "Local", "email": "local@example.com"}}
                """
                        .formatted(scope, scope);
        return call(template, lambda, "CreateApiKey", request).path("key").asText();
    }

    private static JsonNode call(
            Template template, LocalLambda lambda, String function, String request) {
        var answer =
                lambda.invoke(
                        template.function(function).orElseThrow(),
                        request.getBytes(StandardCharsets.UTF_8));
        if (answer.error() != null) {
            throw new StartupException(
                    "%s refused: %s"
                            .formatted(
                                    function, new String(answer.payload(), StandardCharsets.UTF_8)),
                    null);
        }
        try {
            return JSON.readTree(answer.payload());
        } catch (IOException malformed) {
            throw new StartupException(function + " answered no JSON.", malformed);
        }
    }

    private static Map<String, String> read(Path file) {
        var known = new HashMap<String, String>();
        if (!Files.exists(file)) return known;
        try {
            for (var line : Files.readAllLines(file)) {
                var parts = line.replaceFirst("^export ", "").split("=", 2);
                if (parts.length == 2) known.put(parts[0], parts[1]);
            }
        } catch (IOException unreadable) {
            throw new StartupException(file + " cannot be read (" + unreadable + ").", unreadable);
        }
        return known;
    }

    private static void write(Path file, String lines) {
        var unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        try {
            Files.deleteIfExists(unfinished);
            if (Files.getFileStore(file.toAbsolutePath().getParent())
                    .supportsFileAttributeView("posix")) {
                Files.createFile(
                        unfinished,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(unfinished, lines);
            Files.move(
                    unfinished,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new StartupException(file + " cannot be written (" + failed + ").", failed);
        }
    }
}
