package nightshift.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.text.CliException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The profiles of `nightshift login`: address, key and project, in a file that only its owner can
/// read.
public final class ConfigFile {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path path;

    ConfigFile(Path path) {
        this.path = path;
    }

    /// The file of this user: `NIGHTSHIFT_CONFIG`, else in the user's folder for settings.
    public static ConfigFile of(Map<String, String> environment) {
        var named = environment.get("NIGHTSHIFT_CONFIG");
        return new ConfigFile(
                named == null || named.isBlank()
                        ? folder(environment).resolve("nightshift").resolve("config.json")
                        : Path.of(named));
    }

    private static Path folder(Map<String, String> environment) {
        for (var variable : List.of("XDG_CONFIG_HOME", "APPDATA")) {
            var folder = environment.getOrDefault(variable, "");
            if (!folder.isBlank()) {
                return Path.of(folder);
            }
        }
        return Path.of(System.getProperty("user.home"), ".config");
    }

    /// The profile of this name, or the one of the last login; null if there is none.
    @Nullable Connection profile(@Nullable String name) {
        var content = read();
        String chosen = name == null ? content.path("current").asText("default") : name;
        JsonNode profile = content.path("profiles").path(chosen);
        return profile.isObject()
                ? new Connection(
                        URI.create(profile.path("url").asText()),
                        profile.path("key").asText(),
                        profile.path("project").asText("1"))
                : null;
    }

    /// Stores a profile and makes it the current one.
    public void store(String name, Connection connection) {
        var content = read();
        content.put("current", name);
        content.withObject("/profiles")
                .withObject("/" + name.replace("~", "~0").replace("/", "~1"))
                .put("url", connection.url().toString())
                .put("key", connection.key())
                .put("project", connection.project());
        try {
            write(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(content));
        } catch (IOException failed) {
            throw CliException.refused(
                    "The login cannot be stored in " + path + ": " + failed, null);
        }
    }

    /// The path, for messages.
    public Path path() {
        return path;
    }

    private ObjectNode read() {
        if (!Files.exists(path)) {
            return Json.object();
        }
        try {
            if (Json.MAPPER.readTree(Files.readString(path)) instanceof ObjectNode content) {
                return content;
            }
        } catch (IOException unreadable) {
            // reported below, without the content
        }
        throw CliException.refused(
                path + " cannot be read.", "Remove it, and run `nightshift login` again.");
    }

    private void write(String content) throws IOException {
        var folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("it is no file");
        }
        Files.createDirectories(folder);
        var copy = Files.createTempFile(folder, "config", ".json", ownerOnly());
        Files.writeString(copy, content + "\n");
        Files.move(copy, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static FileAttribute<?>[] ownerOnly() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0]; // Windows: the user's folder is the user's alone
    }
}
