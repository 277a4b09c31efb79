package nightshift.run;

import java.util.Locale;

/// Where a run's work is done.
public enum RunEnvironment {
    LOCAL,
    CLOUD;

    /// The environment as it stands on the wire and in the table, for example `cloud`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
