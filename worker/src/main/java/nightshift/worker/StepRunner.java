package nightshift.worker;

import nightshift.worker.api.RunEndedException;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs the steps of the work, each on a thread of its own. So a step that hangs can be given up.
final class StepRunner {
    private final CompletableFuture<Void> over;
    private final Duration grace;

    /// A step was given up: it took too long.
    static final class TooLong extends Exception {
        private static final long serialVersionUID = 1;
    }

    /// A step failed with whatever is its cause, errors of the JVM included.
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        private final Throwable reason;

        private Failed(Throwable reason) {
            super(reason);
            this.reason = reason;
        }

        Throwable reason() {
            return reason;
        }
    }

    /// @param over completed when the run is over
    /// @param grace for a step to end after it was interrupted
    StepRunner(CompletableFuture<Void> over, Duration grace) {
        this.over = over;
        this.grace = grace;
    }

    /// Runs a step and waits for it, as long as the run is not over.
    <T> T run(Duration limit, Callable<T> step)
            throws TooLong, Failed, RunEndedException, InterruptedException {
        return run(limit, step, new CompletableFuture<>());
    }

    /// The same, until something has failed that the step depends on.
    ///
    /// @param broken completed with why the step is to be given up
    <T> T run(Duration limit, Callable<T> step, CompletableFuture<Throwable> broken)
            throws TooLong, Failed, RunEndedException, InterruptedException {
        var result = new CompletableFuture<T>();
        var thread = Thread.ofPlatform().daemon().start(() -> complete(result, step));
        boolean finished;
        try {
            CompletableFuture.anyOf(result, over, broken)
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException tooLong) {
            throw new TooLong();
        } catch (ExecutionException failed) {
            var cause = failed.getCause();
            if (cause instanceof RunEndedException runOver) {
                throw runOver;
            }
            throw new Failed(cause == null ? failed : cause);
        } finally {
            finished = result.isDone();
            if (!finished) {
                thread.interrupt();
                thread.join(grace);
            }
        }
        if (over.isDone() || broken.getNow(null) instanceof RunEndedException) {
            throw new RunEndedException();
        }
        if (!finished) {
            throw new Failed(broken.join());
        }
        return result.join();
    }

    private static <T> void complete(CompletableFuture<T> result, Callable<T> step) {
        try {
            result.complete(step.call());
        } catch (Throwable failed) {
            result.completeExceptionally(failed);
        }
    }
}
