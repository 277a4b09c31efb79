package nightshift.cli.files;

/// What is wrong with a file, and where.
public record Problem(String file, Position at, String message) {
    /// `file:line:column: message`, as compilers print it.
    public String text() {
        return file + ":" + at.line() + ":" + at.column() + ": " + message;
    }
}
