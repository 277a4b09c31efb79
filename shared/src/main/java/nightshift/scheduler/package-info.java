/// EventBridge Scheduler: its dialect and its schedules.
@NullMarked
package nightshift.scheduler;

import org.jspecify.annotations.NullMarked;
