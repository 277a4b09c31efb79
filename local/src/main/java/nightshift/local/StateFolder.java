package nightshift.local;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The folder for the state of a local run. It is kept between runs and locked by one run at a
/// time.
final class StateFolder implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private StateFolder(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static StateFolder open(Path path) {
        try {
            Files.createDirectories(path);
            var channel =
                    FileChannel.open(
                            path.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new StartupException(
                        "The state folder %s is in use by another run: stop that one, or set NIGHTSHIFT_STATE to another folder."
                                .formatted(path),
                        null);
            }
            return new StateFolder(path, channel);
        } catch (IOException unusable) {
            throw new StartupException(
                    "The state folder %s cannot be written (%s): mend it, or set NIGHTSHIFT_STATE to another folder."
                            .formatted(path, unusable),
                    unusable);
        }
    }

    Path folder(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException _) {
            // the lock is released when the process ends
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) { // this process holds the lock
            return null;
        }
    }
}
