/// The endpoints of the logs of runs, and the compaction of a log.
@NullMarked
package nightshift.functions.logs;

import org.jspecify.annotations.NullMarked;
