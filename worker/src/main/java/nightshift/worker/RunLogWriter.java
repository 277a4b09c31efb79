package nightshift.worker;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Carries lines to the run's log in order and exactly once: an append a second, or as soon as one
/// is full. Who writes faster than the API takes waits.
final class RunLogWriter {
    private static final int MOST_LINES = 500;
    private static final int MOST_BYTES = 3 << 20; // the API takes 4 MiB
    private static final int MOST_WAITING = 16 << 20;

    private final RunApi api;
    private final UUID runId;
    private final Pace pace;
    private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
    private final Thread thread;
    private final Deque<LogLine> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private long sequence;
    private boolean closed;

    private record Batch(List<LogLine> lines, long first) {}

    RunLogWriter(RunApi api, UUID runId, Pace pace) {
        this.api = api;
        this.runId = runId;
        this.pace = pace;
        this.thread = Thread.ofVirtual().name("log").start(this::carry);
    }

    /// What the log broke with; never complete while all is well.
    CompletableFuture<Throwable> broken() {
        return broken;
    }

    /// A line of the command, or a part of one.
    synchronized void line(String level, String text, boolean continues) {
        while (waitingBytes > MOST_WAITING && !broken.isDone()) {
            await(0);
        }
        if (broken.isDone()) {
            return; // nobody will take it
        }
        var line = LogLine.of(runId, sequence++, Instant.now(), level, text, continues);
        waiting.add(line);
        waitingBytes += line.json().length;
        notifyAll();
    }

    /// A sentence of the worker's own.
    void say(String sentence) {
        line("info", sentence, false);
    }

    /// Waits until everything is in the log.
    ///
    /// @throws RunOver if the run ended before
    void close() throws RunOver {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Unreachable("The worker was interrupted.");
        }
        if (broken.isDone()) {
            var reason = broken.join();
            if (reason instanceof RunOver over) {
                throw over;
            }
            throw new Unreachable("The log could not be written: " + reason.getMessage());
        }
    }

    private void carry() {
        try {
            long last = System.nanoTime() - pace.append().toNanos();
            for (var batch = next(last); batch != null; batch = next(last)) {
                last = System.nanoTime();
                api.append(batch.lines(), batch.first(), batch.first());
            }
        } catch (RunOver | RuntimeException failed) {
            synchronized (this) {
                broken.complete(failed);
                waiting.clear();
                notifyAll();
            }
        }
    }

    private synchronized @Nullable Batch next(long last) {
        while (true) {
            boolean full = waiting.size() >= MOST_LINES || waitingBytes >= MOST_BYTES;
            long early = last + pace.append().toNanos() - System.nanoTime();
            if (full || closed || (!waiting.isEmpty() && early <= 0)) {
                return waiting.isEmpty() ? null : batch();
            }
            await(waiting.isEmpty() ? 0 : Math.max(1, early / 1_000_000));
        }
    }

    private Batch batch() {
        var lines = new ArrayList<LogLine>();
        long first = sequence - waiting.size();
        int bytes = 0;
        while (!waiting.isEmpty() && lines.size() < MOST_LINES) {
            int length = waiting.getFirst().json().length;
            if (!lines.isEmpty() && bytes + length > MOST_BYTES) {
                break;
            }
            bytes += length;
            lines.add(waiting.removeFirst());
        }
        waitingBytes -= bytes;
        notifyAll();
        return new Batch(lines, first);
    }

    /// @param millis 0: until somebody notifies
    @SuppressWarnings("WaitNotInLoop") // those who call it loop
    private synchronized void await(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Unreachable("The worker was interrupted.");
        }
    }
}
