/// What EventBridge and the table's stream invoke: firings, schedules, announcements, and what
/// looks after both.
@NullMarked
package nightshift.functions.schedules;

import org.jspecify.annotations.NullMarked;
