package nightshift.events;

import java.util.List;

/// Publishes events, at least once.
public interface Announcements {
    /// What happened.
    ///
    /// @param type for example `TaskRun Queued`
    /// @param detail a JSON object
    record Announcement(String type, String detail) {}

    /// Announces all of them.
    ///
    /// @throws IllegalStateException if one could not be announced; the others may have been
    void announce(List<Announcement> announcements);
}
