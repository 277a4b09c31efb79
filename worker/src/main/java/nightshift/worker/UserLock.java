package nightshift.worker;

import nightshift.worker.command.CommandUser;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// Lets a user of commands work on one run at a time, so that no run sees files or processes of
/// another one. The lock ends with the process.
final class UserLock {
    /// Only root writes there.
    private static final Path FOLDER = Path.of("/run");

    private static @Nullable FileChannel held;

    private UserLock() {}

    /// Waits until no other worker uses the user.
    static void take(@Nullable CommandUser user) throws IOException {
        if (user == null) {
            return;
        }
        var folder = Files.createDirectories(FOLDER.resolve("nightshift"));
        held =
                FileChannel.open(
                        folder.resolve(user.name() + ".lock"),
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS));
        var unused = held.lock();
    }
}
