/// The endpoints of task runs, the keys of workers, and how a run looks as JSON and as an event.
@NullMarked
package nightshift.functions.runs;

import org.jspecify.annotations.NullMarked;
