package nightshift.worker.command;

import nightshift.worker.api.RunLogWriter;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Reads the lines of a stream. Invalid UTF-8 is replaced, and long lines are split. A carriage
/// return also ends a line, because progress bars print it.
final class LineReader {
    /// Receives a line, or a part of one.
    interface LineConsumer {
        void take(String text, boolean continues);
    }

    private final Reader reader;
    private final LineConsumer consumer;
    private final SecretValues secrets;
    private final StringBuilder line = new StringBuilder();
    private long lineBegan;
    private boolean continued; // a part of the line has been passed on
    private boolean returned; // a carriage return has ended the line; ignore a following line feed
    private volatile boolean waiting;
    private final AtomicLong characters = new AtomicLong();

    /// @param secrets are masked, also those that come in parts
    LineReader(InputStream stream, LineConsumer consumer, SecretValues secrets) {
        this.reader = new InputStreamReader(stream, StandardCharsets.UTF_8);
        this.consumer = consumer;
        this.secrets = secrets;
    }

    /// Whether the reader waits for input.
    boolean waiting() {
        return waiting;
    }

    /// The number of characters read.
    long characters() {
        return characters.get();
    }

    /// Reads until the stream ends.
    void drain() {
        var buffer = new char[8_192];
        for (int read = read(buffer); read >= 0; read = read(buffer)) {
            characters.addAndGet(read);
            synchronized (this) {
                for (int i = 0; i < read; i++) {
                    add(buffer[i]);
                }
            }
        }
        synchronized (this) {
            if (!line.isEmpty() || continued) {
                end();
            }
        }
    }

    /// Passes on an incomplete line whose first character has waited for this time.
    synchronized void flush(Duration age) {
        if (!line.isEmpty() && System.nanoTime() - lineBegan >= age.toNanos()) {
            part();
        }
    }

    private int read(char[] buffer) {
        waiting = true;
        try {
            return reader.read(buffer);
        } catch (IOException closed) {
            return -1; // the command has ended
        } finally {
            waiting = false;
        }
    }

    private void add(char character) {
        switch (character) {
            case '\n' -> {
                if (!returned) {
                    end();
                }
                returned = false;
            }
            case '\r' -> {
                if (!line.isEmpty() || continued) {
                    end();
                    returned = true;
                }
            }
            default -> {
                returned = false;
                append(character);
            }
        }
    }

    private void append(char character) {
        boolean pair = Character.isLowSurrogate(character);
        if (line.length() >= RunLogWriter.LONGEST && !pair) {
            part();
        }
        if (line.isEmpty()) {
            lineBegan = System.nanoTime();
        }
        line.append(character);
    }

    private void part() {
        int safe = secrets.safeLength(line);
        if (safe > 0) {
            consumer.take(secrets.masked(line.substring(0, safe)), true);
            line.delete(0, safe);
            continued = true;
        }
    }

    private void end() {
        consumer.take(secrets.masked(line.toString()), false);
        line.setLength(0);
        continued = false;
    }
}
