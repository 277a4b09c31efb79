package nightshift.local;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/// Records what the functions use of their permissions during a test class, for
/// [PermissionUseCheck]. It is for classes that make the same calls in every run: not for random
/// calls, and not for tests that are skipped on a machine without a browser.
public final class PermissionUseRecorder
        implements BeforeAllCallback, AfterAllCallback, TestWatcher {
    /// A file for each class whose tests have passed, of the last process that ran any of them.
    static final Path FOLDER = Path.of("target", "permission-uses");

    private static boolean begun;

    private final Set<String> uses = new ConcurrentSkipListSet<>();
    private boolean failed;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (isNested(context)) return;
        if (!begun) removeOld();
        begun = true;
        PermissionUses.recordIn(uses);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (isNested(context)) return;
        PermissionUses.recordIn(null);
        if (failed) return;
        Files.write(FOLDER.resolve(context.getRequiredTestClass().getSimpleName()), uses);
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        failed = true;
    }

    private static boolean isNested(ExtensionContext context) {
        return context.getRequiredTestClass().getEnclosingClass() != null;
    }

    private static void removeOld() throws IOException {
        Files.createDirectories(FOLDER);
        try (var files = Files.list(FOLDER)) {
            for (var file : files.toList()) Files.delete(file);
        }
    }
}
