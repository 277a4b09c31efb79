package nightshift.cli.text;

/// The exit codes of the command line.
public final class ExitCode {
    /// The command did what was asked.
    public static final int DONE = 0;

    /// The API refused, a run failed, or something else went wrong.
    public static final int REFUSED = 1;

    /// The plan has changes.
    public static final int CHANGES = 2;

    /// The command line itself is wrong.
    public static final int USAGE = 3;

    /// There is no key, or the API does not accept it.
    public static final int NOT_SIGNED_IN = 4;

    private ExitCode() {}
}
