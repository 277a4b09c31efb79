package nightshift.run;

import org.jspecify.annotations.Nullable;

/// Why an unfinished run is looked at when nothing has touched it for a while.
public enum Lease {
    /// A worker or a client is at work.
    IN_PROGRESS,
    /// The run waits for a worker.
    QUEUED,
    /// The run waits for the client that created it.
    QUEUED_LOCALLY;

    /// The lease of a run; null: nobody waits for it.
    public static @Nullable Lease of(TaskRun run) {
        return switch (run.status()) {
            case IN_PROGRESS -> IN_PROGRESS;
            case QUEUED -> run.waits() ? QUEUED : QUEUED_LOCALLY;
            case NOT_STARTED, COMPLETED, FAILED, CANCELLED -> null;
        };
    }
}
