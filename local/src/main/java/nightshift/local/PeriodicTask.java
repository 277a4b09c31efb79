package nightshift.local;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Runs a task periodically. An exception of the task is logged and does not stop it.
final class PeriodicTask implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PeriodicTask.class.getName());

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("periodic-task").daemon().factory());

    void every(Duration pause, Runnable tick) {
        var _ =
                thread.scheduleWithFixedDelay(
                        () -> runAndLog(tick), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            var _ = thread.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void runAndLog(Runnable tick) {
        try {
            tick.run();
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "tick failed", broken);
        }
    }
}
