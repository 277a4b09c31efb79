package nightshift.worker.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/// A process and everything that it has started. On Linux `/proc` also shows those that have left
/// its session and lost their parents: they still have the run's variables, work in its folder, or
/// are children of such. Elsewhere only descendants of what still lives are found.
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");
    private static final int ROUNDS = 50; // of killing what is started meanwhile
    private static final Duration ROUND = Duration.ofMillis(20);

    private final Process process;
    private final String folder;

    /// @param folder the run's own: no other run's processes know its name
    ProcessTree(Process process, Path folder) {
        this.process = process;
        this.folder = folder.toString();
    }

    /// Asks all of them to end.
    void terminate() {
        members().forEach(ProcessHandle::destroy);
    }

    /// Ends all of them.
    void kill() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            var members = members();
            if (members.isEmpty()) {
                return;
            }
            members.forEach(ProcessHandle::destroyForcibly);
            Thread.sleep(ROUND);
        }
    }

    /// Handles, because a [Process] that is destroyed itself loses what it printed last.
    private Set<ProcessHandle> members() {
        var members = new LinkedHashSet<ProcessHandle>();
        addWithChildren(members, process.toHandle());
        if (Files.isDirectory(PROC)) {
            var self = ProcessHandle.current();
            ProcessHandle.allProcesses()
                    .filter(other -> !other.equals(self) && belongs(other.pid()))
                    .forEach(other -> addWithChildren(members, other));
        }
        return members;
    }

    private static void addWithChildren(Set<ProcessHandle> members, ProcessHandle member) {
        member.descendants().filter(ProcessTree::runs).forEach(members::add);
        if (runs(member)) {
            members.add(member);
        }
    }

    /// A process that was killed and that nobody has waited for yet has a handle that is alive.
    private static boolean runs(ProcessHandle handle) {
        if (!handle.isAlive()) {
            return false;
        }
        var state = text(PROC.resolve(handle.pid() + "/stat"));
        int afterName = state.lastIndexOf(')') + 2;
        return afterName >= state.length() || state.charAt(afterName) != 'Z';
    }

    private boolean belongs(long pid) {
        var its = PROC.resolve(String.valueOf(pid));
        return text(its.resolve("environ")).contains("=" + folder + "/") || isInFolder(its);
    }

    private boolean isInFolder(Path its) {
        try {
            var place = Files.readSymbolicLink(its.resolve("cwd")).toString();
            return place.equals(folder) || place.startsWith(folder + "/");
        } catch (IOException gone) {
            return false; // or another user's
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException gone) {
            return ""; // or another user's
        }
    }
}
