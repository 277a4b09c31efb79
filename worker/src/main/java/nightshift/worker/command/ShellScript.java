package nightshift.worker.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A shell script that sets variables and then executes a program. Java encodes arguments and
/// variables of a process with the locale's charset, which loses most characters under `LC_ALL=C`.
/// The script is a file in UTF-8, and the locale of the program is unchanged.
final class ShellScript {
    private final Path file;

    private ShellScript(Path file) {
        this.file = file;
    }

    /// Writes a script into a new file.
    ///
    /// @param program a program and its arguments
    static ShellScript write(Path folder, Map<String, String> variables, List<String> program)
            throws IOException {
        var text = new StringBuilder();
        variables.forEach((name, value) ->
                text.append("export ").append(name).append('=').append(quoted(value)).append('\n'));
        text.append("rm -f -- \"$0\"\n"); // it may contain secrets
        text.append("exec");
        for (var word : program) {
            text.append(' ').append(quoted(word));
        }
        var file = Files.createTempFile(folder, "start-", ".sh");
        Files.write(file, text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        return new ShellScript(file);
    }

    /// Makes the script another user's, whose program reads it.
    void give(CommandUser user) throws IOException {
        user.give(file);
    }

    /// The command line for the script.
    List<String> commandLine() {
        return List.of("sh", file.toString());
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
