package nightshift.automation;

import java.util.Locale;

/// What became of an occurrence.
public enum Outcome {
    /// A run was started.
    STARTED,
    /// The last run had not ended, and the automation's policy lets runs not overlap.
    OVERLAP_SKIPPED,
    /// The automation was paused.
    PAUSED,
    /// The automation was gone.
    DELETED,
    /// The firing came later than the tolerance.
    STALE,
    /// The expression or zone had changed and no longer has this occurrence.
    SUPERSEDED,
    /// No firing came.
    MISSED,
    /// The local time did not exist on that day.
    SKIPPED_DST;

    /// The outcome as it stands on the wire and in the table, for example `skipped_dst`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
