package nightshift.worker;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// The temporary folder of one run. No other run knows its name.
///
/// @param work the working directory of the command
/// @param artifacts for files to keep
/// @param output for the run's output
record RunFolder(Path home, Path work, Path artifacts, Path output) {
    static RunFolder make() throws IOException {
        var home = Files.createTempDirectory("nightshift-").toRealPath();
        return new RunFolder(
                home,
                Files.createDirectory(home.resolve("work")),
                Files.createDirectory(home.resolve("artifacts")),
                home.resolve("output.json"));
    }

    /// Deletes the folder. The command may have made some files undeletable.
    void delete() {
        try {
            Files.walkFileTree(home, new Deletion());
        } catch (IOException | RuntimeException left) {
            System.err.println("Not everything was deleted in " + home);
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return delete(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failed) {
            return delete(file);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed) {
            return delete(folder);
        }

        private static FileVisitResult delete(Path entry) {
            try {
                Files.delete(entry);
            } catch (IOException left) {
                // its content cannot be deleted
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
