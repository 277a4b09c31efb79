package nightshift.functions;

import nightshift.run.RunKey;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Opens the logs of runs that go on while their rows are still being read: who follows a run asks
/// again and again. Whether a run goes on is what this instance saw last, so that nobody looks for
/// the end of a log that has ended, but once.
final class LiveLogs {
    private static final int REMEMBERED_RUNS = 1_000;

    private final RunLogs logs;
    private final Set<RunKey> live =
            Collections.newSetFromMap(
                    Collections.synchronizedMap(
                            new LinkedHashMap<>() {
                                @Override
                                protected boolean removeEldestEntry(
                                        Map.Entry<RunKey, Boolean> eldest) {
                                    return size() > REMEMBERED_RUNS;
                                }
                            }));

    LiveLogs(RunLogs logs) {
        this.logs = logs;
    }

    /// Begins with a log before the run's row is read.
    Opening begin(RunKey run) {
        return new Opening(
                run,
                live.contains(run)
                        ? CompletableFuture.supplyAsync(
                                () -> logs.open(run), Thread::startVirtualThread)
                        : null);
    }

    /// A log that is perhaps being opened.
    final class Opening implements AutoCloseable {
        private final RunKey key;
        private @Nullable CompletableFuture<RunLog> begun;

        private Opening(RunKey key, @Nullable CompletableFuture<RunLog> begun) {
            this.key = key;
            this.begun = begun;
        }

        /// The log of this run, for the caller to close, or of one that it resumes.
        ///
        /// @param run as its row says
        RunLog open(TaskRun run) {
            if (run.logWhole()) live.remove(run.key());
            else live.add(run.key());
            if (begun == null || run.logWhole() || !run.key().equals(key)) {
                return logs.open(run);
            }
            var opened = begun.join();
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
