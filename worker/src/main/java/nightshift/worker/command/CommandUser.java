package nightshift.worker.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The system user of the command and of git, if that is not the user of the worker.
///
/// The worker runs as root and keeps its key, the claim token and the credentials of its
/// environment. Another user can neither read `/proc` of root's processes nor the files of root.
public record CommandUser(String name, int uid, int gid) {
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final Path SELF = Path.of("/proc/self");

    /// Finds a user by name.
    ///
    /// @throws IllegalArgumentException if there is no such user, or this process may not use it
    public static CommandUser named(String name) {
        try {
            if (!Files.getAttribute(SELF, "unix:uid").equals(0)) {
                throw new IllegalArgumentException(
                        "Only root can run the command as another user.");
            }
            for (var line : Files.readAllLines(PASSWD)) {
                var fields = line.split(":", -1);
                if (fields.length > 3 && fields[0].equals(name)) {
                    var user =
                            new CommandUser(
                                    name, Integer.parseInt(fields[2]), Integer.parseInt(fields[3]));
                    if (user.uid() == 0) {
                        throw new IllegalArgumentException("The user of the command is root.");
                    }
                    return user;
                }
            }
        } catch (IOException | UnsupportedOperationException failed) {
            throw new IllegalArgumentException(
                    "This system has no other users: " + failed.getMessage(), failed);
        }
        throw new IllegalArgumentException("There is no user " + name + ".");
    }

    /// The program that runs another one as this user, without a way back.
    List<String> prefix() {
        return List.of(
                "setpriv",
                "--reuid=" + uid,
                "--regid=" + gid,
                "--clear-groups",
                "--inh-caps=-all",
                "--no-new-privs");
    }

    /// Makes a file or folder the user's own.
    public void give(Path file) throws IOException {
        Files.setAttribute(file, "unix:gid", gid);
        Files.setAttribute(file, "unix:uid", uid);
    }

    /// Whether a folder of `/proc` is a process of this user.
    boolean owns(Path process) {
        try {
            return Files.getAttribute(process, "unix:uid").equals(uid);
        } catch (IOException gone) {
            return false;
        }
    }
}
