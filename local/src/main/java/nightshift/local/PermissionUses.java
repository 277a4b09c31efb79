package nightshift.local;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/// What functions have used of their permissions. The set ends with the size of the template,
/// because it contains patterns of the policies and no values of requests.
final class PermissionUses {
    /// The system property that names a file for the uses of a process, written at its end.
    static final String FILE = "nightshift.permission-uses";

    private final @Nullable Set<String> uses;

    private PermissionUses(@Nullable Set<String> uses) {
        this.uses = uses;
    }

    /// The uses of this process. They are recorded only if the system property is set.
    static PermissionUses ofThisProcess() {
        var file = System.getProperty(FILE);
        if (file == null) return new PermissionUses(null);
        var uses = new ConcurrentSkipListSet<String>();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> write(Path.of(file), uses)));
        return new PermissionUses(uses);
    }

    void add(String owner, String sid, String action, String part) {
        if (uses != null) uses.add(line(owner, sid, action, part));
    }

    /// @param part a resource of the statement, or a value of its conditions
    static String line(String owner, String sid, String action, String part) {
        return "%s %s %s %s".formatted(owner, sid, action, part);
    }

    private static void write(Path file, Set<String> uses) {
        try {
            Files.write(file, uses);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
