package nightshift.worker.command;

import nightshift.worker.api.RunLogWriter;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// The lines of a stream, whatever is in it: bytes that are no UTF-8 are replaced, very long lines
/// come in parts. A carriage return ends a line as well, because that is how progress is printed.
final class LineReader {
    /// Takes a line, or a part of one.
    interface Taker {
        void take(String text, boolean continues);
    }

    private final Reader reader;
    private final Taker taker;
    private final StringBuilder line = new StringBuilder();
    private long lineBegan;
    private boolean continued; // a part of the line was taken
    private boolean returned; // a carriage return has ended the line: a line feed may follow
    private volatile boolean waiting;
    private final AtomicLong characters = new AtomicLong();

    LineReader(InputStream stream, Taker taker) {
        this.reader = new InputStreamReader(stream, StandardCharsets.UTF_8);
        this.taker = taker;
    }

    /// Whether it waits for the other end just now.
    boolean waiting() {
        return waiting;
    }

    /// How much was read.
    long characters() {
        return characters.get();
    }

    /// Takes everything until the stream ends.
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
            if (!line.isEmpty()) {
                end();
            }
        }
    }

    /// Hands on what there is of a line whose first character has waited for so long.
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
            return -1; // the command is gone
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
        taker.take(line.toString(), true);
        line.setLength(0);
        continued = true;
    }

    private void end() {
        taker.take(line.toString(), false);
        line.setLength(0);
        continued = false;
    }
}
