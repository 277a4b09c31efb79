package nightshift.worker.api;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// Appends lines to the run's log in order and exactly once. It sends a batch each second, or as
/// soon as the batch is full. A command that prints faster than the API accepts is blocked.
public final class RunLogWriter {
    /// The maximum length of an entry's text. Even if JSON escapes each character with six, the
    /// entry is within the API's limit.
    public static final int LONGEST = 500_000;

    private static final int MOST_LINES = 500;
    private static final int MOST_BYTES = 3 << 20; // the API's limit is 4 MiB
    private static final int MOST_WAITING = 16 << 20;
    private static final int LONGEST_BLOCK = 16_384;

    private final RunApi api;
    private final UUID runId;
    private final Duration pause;
    private final boolean blocks;
    private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
    private final Thread thread;
    private final Deque<LogLine> waiting = new ArrayDeque<>();
    private final StringBuilder block = new StringBuilder();
    private Instant blockTime = Instant.EPOCH;
    private @Nullable String blockLevel; // null without a block
    private int waitingBytes;
    private long sequence;
    private boolean closed;

    private record Batch(List<LogLine> lines, long first) {}

    /// Starts the writer.
    ///
    /// @param pause the shortest time between two appends, unless one is full
    /// @param blocks whether lines that arrive together become one entry
    public RunLogWriter(RunApi api, UUID runId, Duration pause, boolean blocks) {
        this.api = api;
        this.runId = runId;
        this.pause = pause;
        this.blocks = blocks;
        this.thread = Thread.ofVirtual().name("log").start(this::sendEntries);
    }

    /// Completed with the exception when the log fails.
    public CompletableFuture<Throwable> broken() {
        return broken;
    }

    /// Adds a line of the command, or a part of one.
    ///
    /// @param level `info` or `error`
    public synchronized void line(String level, String text, boolean continues) {
        while (waitingBytes > MOST_WAITING && !broken.isDone() && !closed) {
            try {
                wait();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                break; // a line over the memory limit is better than a lost line
            }
        }
        if (broken.isDone() || closed) {
            return; // no thread sends it any more
        }
        if (blocks && !continues) {
            addToBlock(level, text);
        } else {
            endBlock();
            enqueue(level, text, continues, Instant.now());
        }
        notifyAll();
    }

    /// Adds a message of the worker itself.
    public void addMessage(String sentence) {
        line("info", sentence, false);
    }

    /// Waits until all lines are in the log.
    ///
    /// @return null, or why the log is not complete
    /// @throws RunEndedException if the run has ended before
    public @Nullable String close(Duration limit) throws RunEndedException, InterruptedException {
        synchronized (this) {
            closed = true;
            endBlock();
            notifyAll();
        }
        if (!thread.join(limit)) {
            thread.interrupt();
            return "The log could not be delivered in time.";
        }
        var reason = broken.getNow(null);
        if (reason instanceof RunEndedException over) {
            throw over;
        }
        return reason == null ? null : undelivered(reason);
    }

    /// The message about a failed log.
    public static String undelivered(Throwable reason) {
        return "The log could not be delivered: " + reason.getMessage();
    }

    private void addToBlock(String level, String text) {
        boolean fits =
                level.equals(blockLevel) && block.length() + 1 + text.length() <= LONGEST_BLOCK;
        if (!fits) {
            endBlock();
            blockLevel = level;
            blockTime = Instant.now();
        } else {
            block.append('\n');
        }
        block.append(text);
    }

    private void endBlock() {
        if (blockLevel != null) {
            enqueue(blockLevel, block.toString(), false, blockTime);
            blockLevel = null;
            block.setLength(0);
        }
    }

    private void enqueue(String level, String text, boolean continues, Instant time) {
        var line = LogLine.of(runId, sequence++, time, level, text, continues);
        waiting.add(line);
        waitingBytes += line.json().length;
    }

    private void sendEntries() {
        try {
            long last = System.nanoTime() - pause.toNanos();
            for (var batch = next(last); batch != null; batch = next(last)) {
                last = System.nanoTime();
                api.append(batch.lines(), batch.first(), batch.first());
            }
        } catch (Throwable failed) { // an unreported error would block the command for ever
            synchronized (this) {
                broken.complete(failed);
                waiting.clear();
                waitingBytes = 0;
                notifyAll();
            }
        }
    }

    private synchronized @Nullable Batch next(long last) throws InterruptedException {
        while (true) {
            boolean full = waiting.size() >= MOST_LINES || waitingBytes >= MOST_BYTES;
            boolean empty = waiting.isEmpty() && blockLevel == null;
            long early = last + pause.toNanos() - System.nanoTime();
            if (full || closed || (!empty && early <= 0)) {
                endBlock();
                return waiting.isEmpty() ? null : batch();
            }
            wait(empty ? 0 : Math.max(1, early / 1_000_000));
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
}
