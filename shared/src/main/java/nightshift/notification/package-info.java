/// Notification channels: where a project's messages go, and which ones.
@NullMarked
package nightshift.notification;

import org.jspecify.annotations.NullMarked;
