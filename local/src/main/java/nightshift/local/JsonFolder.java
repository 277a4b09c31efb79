package nightshift.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SortedMap;
import java.util.TreeMap;

/// Stores small JSON documents by key, one file each. A write replaces the file atomically, so a
/// killed process never leaves a partial document.
final class JsonFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOCUMENT = ".json";

    private final Path folder;

    JsonFolder(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    SortedMap<String, ObjectNode> load() {
        var documents = new TreeMap<String, ObjectNode>();
        try (var files = Files.newDirectoryStream(folder, "*" + DOCUMENT)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                documents.put(name.substring(0, name.length() - DOCUMENT.length()), read(file));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return documents;
    }

    void put(String key, ObjectNode document) {
        var unfinished = folder.resolve(key + ".unfinished");
        try {
            Files.write(unfinished, JSON.writeValueAsBytes(document));
            Files.move(
                    unfinished,
                    folder.resolve(key + DOCUMENT),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    void remove(String key) {
        try {
            Files.deleteIfExists(folder.resolve(key + DOCUMENT));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static ObjectNode read(Path file) {
        try {
            if (JSON.readTree(file.toFile()) instanceof ObjectNode document) return document;
        } catch (IOException unreadable) {
            throw new IllegalStateException(
                    "The state in " + file + " cannot be read; repair or delete it.", unreadable);
        }
        throw new IllegalStateException(
                "The state in " + file + " is not a JSON object; repair or delete it.");
    }
}
