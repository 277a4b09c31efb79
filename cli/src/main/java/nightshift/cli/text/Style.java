package nightshift.cli.text;

/// A colour of the terminal. The words say the same without it.
public enum Style {
    /// All is well.
    GREEN("32"),
    /// Something failed.
    RED("31"),
    /// Something asks for attention.
    YELLOW("33"),
    /// Less important.
    DIM("2"),
    /// A heading.
    BOLD("1"),
    /// As it is.
    PLAIN("");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /// The text in this style, if the terminal shows colours.
    public String of(String text, Terminal terminal) {
        return terminal.colour() && !code.isEmpty()
                ? "\u001b[" + code + "m" + text + "\u001b[0m"
                : text;
    }

    /// The style of a run's or an occurrence's status.
    public static Style ofStatus(String status) {
        return switch (status) {
            case "completed", "success", "synced" -> GREEN;
            case "failed", "missed", "stale" -> RED;
            case "cancelled", "paused", "overlap_skipped", "pending" -> YELLOW;
            default -> PLAIN;
        };
    }
}
