/// Notification channels: their endpoints, and the functions that send messages to them.
@NullMarked
package nightshift.functions.notifications;

import org.jspecify.annotations.NullMarked;
