package nightshift.run;

import java.util.Locale;

/// Where a run stands. No state machine: any status may follow any other.
public enum RunStatus {
    NOT_STARTED,
    QUEUED,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    CANCELLED;

    /// The status with this text.
    ///
    /// @throws IllegalArgumentException if there is none
    public static RunStatus of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /// The status as it stands on the wire and in the table, for example `in_progress`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether the run is over.
    public boolean terminal() {
        return this == COMPLETED || failed();
    }

    /// Whether the run ended without success.
    public boolean failed() {
        return this == FAILED || this == CANCELLED;
    }
}
