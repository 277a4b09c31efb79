/// The part of the API that a worker uses: its run and the run's log.
@NullMarked
package nightshift.worker.api;

import org.jspecify.annotations.NullMarked;
