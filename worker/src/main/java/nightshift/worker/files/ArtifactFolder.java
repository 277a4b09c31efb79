package nightshift.worker.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// The folder for a command's artifacts. A file that cannot be an artifact is named with the
/// reason.
public final class ArtifactFolder {
    /// The maximum number of files.
    public static final int MOST_FILES = 100;

    private static final int LARGEST = 30 << 20;
    private static final int MOST_NAMED = 1_000;
    private static final int MOST_SEEN = 20_000;

    private final Path folder;
    private final Consumer<String> log;
    private final List<Artifact> files = new ArrayList<>();
    private int seen;
    private int leftOut;

    /// A file that becomes an artifact.
    public static final class Artifact {
        private final Path file;
        private final FileName name;

        private Artifact(Path file, FileName name) {
            this.file = file;
            this.name = name;
        }

        /// Its path below the folder.
        public String name() {
            return name.shown();
        }

        /// Its path, shortened for a line of the log.
        public String shortName() {
            return name.shortened();
        }

        /// Its content.
        ///
        /// @throws NotKeptException if it cannot be read, or is too large
        public byte[] read() throws NotKeptException, InterruptedException {
            try {
                return RegularFile.read(file, LARGEST, "is larger than 30 MiB");
            } catch (RegularFile.NotRead notRead) {
                throw new NotKeptException("it " + notRead.getMessage() + ".");
            }
        }
    }

    /// A file that cannot be an artifact, with the reason.
    public static final class NotKeptException extends Exception {
        private static final long serialVersionUID = 1;

        private NotKeptException(String reason) {
            super(reason);
        }
    }

    /// Reads a folder.
    ///
    /// @param log receives messages about skipped files
    public ArtifactFolder(Path folder, Consumer<String> log) {
        this.folder = folder;
        this.log = log;
    }

    /// Lists the files of the folder and its sub-folders, ordered by name.
    public List<Artifact> files() throws InterruptedException {
        try {
            if (!Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isDirectory()) {
                log.accept("No file was kept: the artifact folder is no folder any more.");
                return List.of();
            }
            walk();
        } catch (NoSuchFileException removed) {
            log.accept("No file was kept: the artifact folder was removed.");
            return List.of();
        } catch (IOException failed) {
            log.accept(
                    "No file was kept: the artifact folder cannot be read: %s."
                            .formatted(RegularFile.reason(failed)));
            return List.of();
        }
        files.sort(Comparator.comparing(Artifact::name));
        while (files.size() > MOST_FILES) {
            skip(files.removeLast().name, "there are more than %d files.".formatted(MOST_FILES));
        }
        if (leftOut > MOST_NAMED) {
            log.accept("%d more were not kept.".formatted(leftOut - MOST_NAMED));
        }
        if (seen >= MOST_SEEN) {
            log.accept(
                    "Of the artifact folder only %d entries were looked at.".formatted(MOST_SEEN));
        }
        return List.copyOf(files);
    }

    /// Iterative, because a tree may be very deep.
    private void walk() throws InterruptedException {
        Deque<Path> folders = new ArrayDeque<>();
        folders.add(folder);
        while (!folders.isEmpty() && seen < MOST_SEEN) {
            var next = folders.removeFirst();
            try (var entries = Files.newDirectoryStream(next)) {
                for (var entry : entries) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    if (++seen >= MOST_SEEN) {
                        break;
                    }
                    visit(entry, folders);
                }
            } catch (DirectoryIteratorException failed) {
                skip(next, new IOException(failed.getMessage(), failed));
            } catch (IOException failed) {
                skip(next, failed);
            }
        }
    }

    private void visit(Path entry, Deque<Path> folders) {
        var name = FileName.of(folder, entry);
        try {
            var attributes =
                    Files.readAttributes(
                            entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory()) {
                folders.addLast(entry);
            } else if (attributes.isSymbolicLink()) {
                skip(name, "it is a symbolic link.");
            } else if (!attributes.isRegularFile()) {
                skip(name, "it is no regular file.");
            } else if (!name.isText()) {
                skip(name, "its name is no UTF-8 or has control characters.");
            } else if (attributes.size() > LARGEST) {
                skip(name, "it is larger than 30 MiB.");
            } else {
                files.add(new Artifact(entry, name));
            }
        } catch (IOException failed) {
            skip(name, RegularFile.reason(failed) + ".");
        }
    }

    private void skip(Path unread, IOException failed) {
        var reason = RegularFile.reason(failed);
        if (unread.equals(folder)) {
            log.accept("The artifact folder cannot be read: %s.".formatted(reason));
        } else {
            skip(FileName.of(folder, unread), reason + ".");
        }
    }

    private void skip(FileName name, String reason) {
        leftOut++;
        if (leftOut <= MOST_NAMED) {
            log.accept("%s was not kept: %s".formatted(name.shortened(), reason));
        }
    }
}
