package nightshift.functions.notifications;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.notification.ChannelSpec;
import nightshift.notification.NotificationType;

import java.util.function.Function;
import java.util.function.Predicate;

/// Something that channels may want to get a message about.
///
/// @param subject what it is about: the same each time that it is announced, and different for
///   another one of its type
/// @param concerns whether a channel that wants the type gets this one
/// @param data what a channel is told
record Notice(
        NotificationType type,
        String subject,
        Predicate<ChannelSpec> concerns,
        Function<ChannelSpec, ObjectNode> data) {
    /// Whether a channel gets a message.
    boolean isFor(ChannelSpec channel) {
        return channel.enabled() && channel.types().contains(type) && concerns.test(channel);
    }
}
