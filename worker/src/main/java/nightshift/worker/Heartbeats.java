package nightshift.worker;

import nightshift.worker.api.ApiRefusalException;
import nightshift.worker.api.RunApi;
import nightshift.worker.api.RunEndedException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// Sends heartbeats until the run has ended, because a command may print nothing for a long time. A
/// refused heartbeat shows that the run has ended.
final class Heartbeats {
    private static final int NOT_FOUND = 404;

    private final RunApi api;
    private final Duration pause;
    private final CompletableFuture<Void> over;
    private final Thread thread;

    /// @param over completed when the run has ended
    Heartbeats(RunApi api, Duration pause, CompletableFuture<Void> over) {
        this.api = api;
        this.pause = pause;
        this.over = over;
        this.thread = Thread.ofVirtual().name("heartbeat").start(this::send);
    }

    void close() {
        thread.interrupt();
    }

    private void send() {
        try {
            while (true) {
                Thread.sleep(pause);
                once();
            }
        } catch (RunEndedException runOver) {
            over.complete(null);
        } catch (InterruptedException stopped) {
            // the worker has ended the run
        }
    }

    private void once() throws RunEndedException, InterruptedException {
        try {
            api.heartbeat();
        } catch (ApiRefusalException refused) {
            if (refused.status() == NOT_FOUND) {
                throw new RunEndedException(); // the project was deleted
            }
            System.err.println("A heartbeat was refused: " + refused.getMessage());
        } catch (RuntimeException | Error failed) {
            System.err.println("A heartbeat failed: " + failed);
        }
    }
}
