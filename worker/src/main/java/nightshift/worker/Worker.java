package nightshift.worker;

import nightshift.worker.api.ApiRefusalException;
import nightshift.worker.api.ApiUnreachableException;
import nightshift.worker.api.RunApi;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Works on one run: claims it, executes the command, and reports the result.
public final class Worker {
    private static final int SECONDS_FOR_THE_CLAIM = 2;

    /// The result, with the exit code of the program.
    public enum Ending {
        COMPLETED(0),
        /// Another worker has claimed the run, or it is not queued any more.
        NOT_OURS(0),
        FAILED(1),
        /// The run was cancelled, or failed because its lease expired.
        RUN_OVER(3),
        /// The API cannot be reached, so the result is not reported.
        UNREPORTED(2);

        private final int exitCode;

        Ending(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private final WorkerSettings settings;
    private final RunApi api;
    private final CompletableFuture<Optional<RunExecution>> claimed = new CompletableFuture<>();
    private volatile boolean started;

    public Worker(WorkerSettings settings) {
        this.settings = settings;
        var run = settings.run();
        this.api = new RunApi(run.api(), run.path(), run.runId(), settings.timing().retries());
    }

    /// Works until the run has ended.
    public Ending work() {
        started = true;
        try {
            var run =
                    api.claim(settings.run().claimToken())
                            .map(claim -> new RunExecution(settings, api, claim));
            claimed.complete(run);
            return run.map(RunExecution::work).orElse(Ending.NOT_OURS);
        } catch (ApiUnreachableException | ApiRefusalException failed) {
            System.err.println(failed.getMessage());
            return Ending.UNREPORTED;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Ending.UNREPORTED;
        } finally {
            claimed.complete(Optional.empty());
        }
    }

    /// Stops the command and reports it if there is time: the worker process is being stopped.
    public void abandon() {
        if (started) {
            claimed.completeOnTimeout(Optional.empty(), SECONDS_FOR_THE_CLAIM, TimeUnit.SECONDS)
                    .join()
                    .ifPresent(RunExecution::abandon);
        }
    }
}
