package nightshift.notification;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What a message is about.
public enum NotificationType {
    /// The failures in a row of an automation have reached the channel's number.
    RUN_FAILED,
    /// A run of an automation has completed.
    RUN_COMPLETED,
    /// Occurrences should have started a run, and nothing was seen of them.
    OCCURRENCE_MISSED,
    /// An automation was paused because of its failures in a row.
    AUTOMATION_PAUSED,
    /// An automation has succeeded after the failures that the channel was told.
    AUTOMATION_RECOVERED,
    /// EventBridge Scheduler refuses the schedule of an automation.
    SCHEDULE_REFUSED;

    /// The names of all types.
    public static final List<String> NAMES =
            Arrays.stream(values()).map(NotificationType::text).toList();

    /// The type of this name.
    public static NotificationType of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /// The name on the wire and in the table.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
