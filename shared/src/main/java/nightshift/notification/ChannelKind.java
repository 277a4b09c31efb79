package nightshift.notification;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What receives the messages of a channel.
public enum ChannelKind {
    /// A receiver that checks signatures by the Standard Webhooks specification.
    WEBHOOK,
    /// An incoming webhook of Slack, or of a chat that reads the same body.
    SLACK;

    /// The names of all kinds.
    public static final List<String> NAMES =
            Arrays.stream(values()).map(ChannelKind::text).toList();

    /// The kind of this name.
    public static ChannelKind of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }

    /// The name on the wire and in the table.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
