/// What leaves the table for others to act on: events on an EventBridge bus.
@NullMarked
package nightshift.events;

import org.jspecify.annotations.NullMarked;
