package nightshift.notification;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// What a caller sets of a channel.
///
/// @param url where messages are sent; a secret, because whoever has it can write to the channel
/// @param types the messages that the channel gets
/// @param automations the automations that it gets messages about; null: all of the project
/// @param afterFailures after how many failures in a row it gets `run_failed`
public record ChannelSpec(
        String name,
        ChannelKind kind,
        URI url,
        Set<NotificationType> types,
        @Nullable List<UUID> automations,
        int afterFailures,
        boolean enabled) {
    /// Whether the channel gets messages of a type about an automation.
    public boolean wants(NotificationType type, UUID automation) {
        return enabled && types.contains(type) && concerns(automation);
    }

    /// Whether the channel gets messages about an automation.
    public boolean concerns(UUID automation) {
        return automations == null || automations.contains(automation);
    }

    /// Without the URL.
    @Override
    public String toString() {
        return "ChannelSpec[name=" + name + ", kind=" + kind + ", host=" + url.getHost() + "]";
    }
}
