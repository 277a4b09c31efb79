package nightshift.worker.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The branches that were pushed from a clone, by git's own record of them. Git is not run, because
/// the clone's configuration could make it run programs as the worker.
public final class PushedBranches {
    private static final Path RECORD = Path.of(".git", "logs", "refs", "remotes", "origin");
    private static final String PUSHED = "\tupdate by push";
    private static final int MOST_BYTES = 1 << 20;
    private static final int MOST_FILES = 10_000;
    private static final int MOST = 20;

    private PushedBranches() {}

    /// The names in their order, at most 20.
    public static List<String> of(Path clone) {
        var record = clone.resolve(RECORD);
        var branches = new TreeSet<String>();
        if (!Files.isDirectory(record)) {
            return List.of();
        }
        try {
            Files.walkFileTree(record, new Search(record, branches));
        } catch (IOException | RuntimeException unreadable) {
            // what was found so far
        }
        return branches.stream().limit(MOST).toList();
    }

    private static final class Search extends SimpleFileVisitor<Path> {
        private final Path record;
        private final Set<String> branches;
        private int files;

        private Search(Path record, Set<String> branches) {
            this.record = record;
            this.branches = branches;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isPushed(file)) {
                branches.add(record.relativize(file).toString());
            }
            files++;
            return files < MOST_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        private static boolean isPushed(Path file) {
            try {
                var text = new String(RegularFile.read(file, MOST_BYTES, "is too large"), UTF_8);
                return text.lines().anyMatch(line -> line.endsWith(PUSHED));
            } catch (RegularFile.NotRead unreadable) {
                return false;
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
