package nightshift.worker;

import nightshift.worker.api.RunEndedException;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs each step on a thread of its own, so that a step that hangs can be abandoned.
final class StepRunner {
    private final CompletableFuture<Void> over;
    private final Duration grace;

    /// A step has exceeded its time limit.
    static final class TooLong extends Exception {
        private static final long serialVersionUID = 1;
    }

    /// A step has failed. The cause may also be an error of the JVM.
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

    /// @param over completed when the run has ended
    /// @param grace for a step to end after its interruption
    StepRunner(CompletableFuture<Void> over, Duration grace) {
        this.over = over;
        this.grace = grace;
    }

    /// Runs a step and waits until it or the run has ended.
    <T> T run(Duration limit, Callable<T> step)
            throws TooLong, Failed, RunEndedException, InterruptedException {
        return run(limit, step, new CompletableFuture<>());
    }

    /// Runs a step, and abandons it when something that it depends on has failed.
    ///
    /// @param broken completed with the reason to abandon the step
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
