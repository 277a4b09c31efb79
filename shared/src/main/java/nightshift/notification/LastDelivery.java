package nightshift.notification;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// How the latest attempt to deliver a message ended.
///
/// @param error why it failed, without the URL; null: the receiver took the message
public record LastDelivery(Instant at, @Nullable String error) {}
