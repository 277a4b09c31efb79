package nightshift.run;

import java.util.Locale;

/// Where a run's work is done.
public enum RunEnvironment {
    LOCAL,
    CLOUD;

    /// The environment with this text.
    ///
    /// @throws IllegalArgumentException if there is none
    public static RunEnvironment of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /// The environment as it stands on the wire and in the table, for example `cloud`.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
