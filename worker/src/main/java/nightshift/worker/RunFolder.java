package nightshift.worker;

import nightshift.worker.command.CommandUser;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/// The temporary folder of one run. No other run knows its name.
///
/// @param own the home folder and the temporary files of a user of the command's own
/// @param work the working directory of the command
/// @param artifacts for files to keep
/// @param output for the run's output
record RunFolder(Path home, Path own, Path work, Path artifacts, Path output) {
    /// @param user the owner of the folder; null: the worker's own user
    static RunFolder make(@Nullable CommandUser user) throws IOException {
        var home = Files.createTempDirectory("nightshift-").toRealPath();
        var folder =
                new RunFolder(
                        home,
                        Files.createDirectory(home.resolve("home")),
                        Files.createDirectory(home.resolve("work")),
                        Files.createDirectory(home.resolve("artifacts")),
                        home.resolve("output.json"));
        if (user != null) {
            var identity = folder.own().resolve(".gitconfig");
            Files.writeString(
                    identity, "[user]\nname = Nightshift\nemail = nightshift@localhost\n");
            for (var each : List.of(identity, folder.own(), folder.work(), folder.artifacts())) {
                user.give(each);
            }
            user.give(home);
        }
        return folder;
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
