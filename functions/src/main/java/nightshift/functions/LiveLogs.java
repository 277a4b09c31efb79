package nightshift.functions;

import nightshift.run.Ids;
import nightshift.run.RunKey;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Opens the logs of runs that go on while their rows are still being read, so that a caller waits
/// for two answers of AWS one after the other and not for three.
///
/// Whether a run goes on is what this instance saw last. One that it has not seen is taken to go on
/// while it is young: a run is seldom longer, and of one that has ended nobody looks for the end of
/// its log but once.
final class LiveLogs {
    private static final int REMEMBERED_RUNS = 1_000;
    private static final Duration YOUNG = Duration.ofHours(2);

    private final RunLogs logs;
    private final Clock clock;
    private final Map<RunKey, Boolean> goesOn =
            Collections.synchronizedMap(
                    new LinkedHashMap<>() {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<RunKey, Boolean> eldest) {
                            return size() > REMEMBERED_RUNS;
                        }
                    });

    LiveLogs(RunLogs logs, Clock clock) {
        this.logs = logs;
        this.clock = clock;
    }

    /// Begins with a log before the run's row is read.
    Opening begin(RunKey run) {
        return goesOn.getOrDefault(run, isYoung(run))
                ? new Opening(run, meanwhile(() -> logs.open(run)), false)
                : new Opening(run, null, false);
    }

    /// Begins with the end of a log. Who asks for that takes the run to go on.
    Opening follow(RunKey run) {
        return new Opening(run, meanwhile(() -> logs.openEnd(run)), true);
    }

    private static CompletableFuture<RunLog> meanwhile(Supplier<RunLog> open) {
        return CompletableFuture.supplyAsync(open, Thread::startVirtualThread);
    }

    private boolean isYoung(RunKey run) {
        return Ids.time(run.runId()).isAfter(clock.instant().minus(YOUNG));
    }

    /// A log that is perhaps being opened.
    final class Opening implements AutoCloseable {
        private final RunKey key;
        private final boolean follows;
        private @Nullable CompletableFuture<RunLog> begun;

        private Opening(RunKey key, @Nullable CompletableFuture<RunLog> begun, boolean follows) {
            this.key = key;
            this.begun = begun;
            this.follows = follows;
        }

        /// The log of this run, for the caller to close, or of one that it resumes.
        ///
        /// @param run as its row says
        RunLog open(TaskRun run) {
            goesOn.put(run.key(), !run.logWhole());
            if (begun == null || !run.key().equals(key) || (run.logWhole() && !follows)) {
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
