package nightshift.cli.text;

import org.jspecify.annotations.Nullable;

/// Ends a command with a message, the next step for the user, and an exit code.
public class CliException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final @Nullable String next;
    private final int exitCode;

    /// @param next what the user can do now; null if the message says it
    public CliException(int exitCode, String message, @Nullable String next) {
        super(message);
        this.exitCode = exitCode;
        this.next = next;
    }

    /// The API refused, or something is not as it must be.
    public static CliException refused(String message, @Nullable String next) {
        return new CliException(ExitCode.REFUSED, message, next);
    }

    /// The command line is wrong.
    public static CliException usage(String message, @Nullable String next) {
        return new CliException(ExitCode.USAGE, message, next);
    }

    /// There is no key that the API accepts.
    public static CliException notSignedIn(String message) {
        return new CliException(
                ExitCode.NOT_SIGNED_IN,
                message,
                "Run `nightshift login`, or set NIGHTSHIFT_URL and NIGHTSHIFT_KEY.");
    }

    /// The exit code of the process.
    public int exitCode() {
        return exitCode;
    }

    /// The message and the next step, for standard error.
    public String text() {
        return next == null ? "" + getMessage() : getMessage() + "\n" + next;
    }
}
