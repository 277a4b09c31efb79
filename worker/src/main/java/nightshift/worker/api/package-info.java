/// The API as a worker sees it: its own run and that run's log.
@NullMarked
package nightshift.worker.api;

import org.jspecify.annotations.NullMarked;
