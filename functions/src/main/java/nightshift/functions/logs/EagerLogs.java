package nightshift.functions.logs;

import static java.util.Objects.requireNonNull;

import nightshift.run.RunKey;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Opens logs while the rows of their runs are still being read, so that a caller does not wait for
/// one after the other.
///
/// A log of which this instance has seen that it is one object is opened as that. What was opened
/// so counts only if the row still says the same: nobody can then have written behind it before it
/// was opened. Any other log is opened with all that its segments hold.
final class EagerLogs {
    private static final int REMEMBERED_RUNS = 1_000;

    private final RunLogs logs;

    /// How often the logs that were whole had gone on.
    private final Map<RunKey, Long> whole =
            Collections.synchronizedMap(
                    new LinkedHashMap<>() {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<RunKey, Long> eldest) {
                            return size() > REMEMBERED_RUNS;
                        }
                    });

    EagerLogs(RunLogs logs) {
        this.logs = logs;
    }

    /// Begins with a log before the run's row is read.
    Opening begin(RunKey run) {
        var extensions = whole.get(run);
        return extensions == null
                ? new Opening(() -> logs.open(run), null)
                : new Opening(() -> logs.openWhole(run), extensions);
    }

    /// Begins with the end of a log.
    Opening follow(RunKey run) {
        return new Opening(() -> logs.openEnd(run), null);
    }

    private void remember(TaskRun run) {
        if (run.logWhole()) {
            whole.put(run.key(), run.logExtended());
        } else {
            whole.remove(run.key());
        }
    }

    /// A log that is being opened.
    final class Opening implements AutoCloseable {
        private final @Nullable Long extensions;
        private @Nullable CompletableFuture<RunLog> begun;

        /// @param extensions how often the log had gone on if it counts for that only
        private Opening(Supplier<RunLog> open, @Nullable Long extensions) {
            this.extensions = extensions;
            this.begun = CompletableFuture.supplyAsync(open, Thread::startVirtualThread);
        }

        /// The log, once, for the caller to close.
        ///
        /// @param run as its row says
        RunLog open(TaskRun run) {
            remember(run);
            boolean counts =
                    extensions == null || (run.logWhole() && run.logExtended() == extensions);
            if (!counts) return logs.open(run);
            var opened = requireNonNull(begun).join();
            begun = null;
            return opened;
        }

        /// Lets go of what was begun for nothing.
        @Override
        public void close() {
            if (begun != null) {
                var _ = begun.thenAccept(RunLog::close);
            }
        }
    }
}
