package nightshift.worker.command;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/// A process and all processes that it has started. On Linux, `/proc` also shows daemons that have
/// left the session and lost their parents. They have the run's variables, work in its folder, or
/// are children of such processes. On other systems, only descendants of living processes are
/// found.
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");
    private static final int ROUNDS = 50; // rounds, because processes may start others meanwhile
    private static final Duration ROUND = Duration.ofMillis(20);

    private final Process process;
    private final String folder;
    private final @Nullable CommandUser user;

    /// @param folder the run's folder; processes of other runs do not know its name
    /// @param user the user that works on no other run; null: the worker's own
    ProcessTree(Process process, Path folder, @Nullable CommandUser user) {
        this.process = process;
        this.user = user;
        this.folder = folder.toString();
    }

    /// Sends SIGTERM to all processes.
    void terminate() {
        members().forEach(ProcessHandle::destroy);
    }

    /// Kills all processes.
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

    /// Uses handles, because destroying a [Process] itself loses its last output.
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

    /// Whether a process runs. The handle of a killed process is alive until its parent has waited
    /// for it (a zombie).
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
        if (user != null && user.owns(its)) {
            return true;
        }
        return text(its.resolve("environ")).contains("=" + folder + "/") || isInFolder(its);
    }

    private boolean isInFolder(Path its) {
        try {
            var place = Files.readSymbolicLink(its.resolve("cwd")).toString();
            return place.equals(folder) || place.startsWith(folder + "/");
        } catch (IOException gone) {
            return false; // or it belongs to another user
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (IOException gone) {
            return ""; // or it belongs to another user
        }
    }
}
