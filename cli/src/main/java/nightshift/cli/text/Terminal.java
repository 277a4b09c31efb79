package nightshift.cli.text;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// The terminal, or the pipes, of this process. Data goes to standard output, all else to standard
/// error.
public final class Terminal {
    /// The launcher sets it: the width of the terminal, or 0 if standard output is none.
    private static final String COLUMNS = "nightshift.columns";

    private final PrintStream out;
    private final PrintStream err;
    private final int columns;
    private final boolean colour;
    private @Nullable BufferedReader input;

    private Terminal(PrintStream out, PrintStream err, int columns, boolean colour) {
        this.out = out;
        this.err = err;
        this.columns = columns;
        this.colour = colour;
    }

    /// The terminal of this process.
    public static Terminal ofProcess() {
        int columns = terminalWidth();
        boolean plain =
                !"".equals(System.getenv().getOrDefault("NO_COLOR", ""))
                        || "dumb".equals(System.getenv("TERM"));
        return new Terminal(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                columns,
                columns > 0 && !plain);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new FileOutputStream(descriptor), // never closed: it is the process's own
                true,
                StandardCharsets.UTF_8);
    }

    @SuppressWarnings("SystemConsoleNull") // null in a pipe, on JDK 25 too
    private static int terminalWidth() {
        var set = System.getProperty(COLUMNS);
        if (set != null) {
            return number(set, 0);
        }
        var console = System.console();
        boolean terminal = console != null && console.isTerminal();
        return terminal ? number(System.getenv().getOrDefault("COLUMNS", ""), 80) : 0;
    }

    private static int number(String text, int otherwise) {
        try {
            return Math.max(0, Integer.parseInt(text.strip()));
        } catch (NumberFormatException notSet) {
            return otherwise;
        }
    }

    /// Prints a line of data.
    public void line(String text) {
        out.println(text);
    }

    /// Prints data without a line end.
    public void print(String text) {
        out.print(text);
        out.flush();
    }

    /// Standard output for bytes.
    public PrintStream out() {
        return out;
    }

    /// Says something that is not data.
    public void say(String text) {
        err.println(text);
    }

    /// The width of the terminal; 0 if standard output is a file or a pipe.
    public int columns() {
        return columns == 0 ? 0 : Math.max(40, columns);
    }

    /// Whether standard output shows colours.
    public boolean colour() {
        return colour;
    }

    /// Asks on standard error and reads a line from standard input; null at its end.
    public @Nullable String ask(String question) {
        err.print(question);
        err.flush();
        return readLine();
    }

    /// Reads a line from standard input; null at its end.
    public @Nullable String readLine() {
        try {
            if (input == null) {
                input =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8));
            }
            return input.readLine();
        } catch (IOException unreadable) {
            return null;
        }
    }

    /// Asks for a secret without echo; without a terminal, reads a line from standard input.
    @SuppressWarnings("SystemConsoleNull") // null in a pipe, on JDK 25 too
    public @Nullable String askSecret(String question) {
        var console = System.console();
        if (console == null || !console.isTerminal()) {
            return ask(question);
        }
        err.print(question);
        err.flush();
        var typed = console.readPassword();
        return typed == null ? null : new String(typed);
    }

    /// Asks before something that cannot be undone. The question is answered by `--yes`.
    public void confirm(boolean yes, String question) {
        if (yes) {
            return;
        }
        var answer = ask(question + " [y/N] ");
        if (answer == null) {
            say("");
            throw CliException.usage(
                    "Nothing was done: standard input has no answer.", "Add --yes to go on.");
        }
        if (!answer.strip().equalsIgnoreCase("y") && !answer.strip().equalsIgnoreCase("yes")) {
            throw CliException.refused("Nothing was done.", null);
        }
    }
}
