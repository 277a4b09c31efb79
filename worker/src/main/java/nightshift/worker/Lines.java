package nightshift.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/// The lines of a stream, whatever is in it: bytes that are no UTF-8 are replaced, very long lines
/// come in parts.
final class Lines {
    /// Takes a line, or a part of one.
    interface Taker {
        void take(String text, boolean continues);
    }

    private final Reader reader;
    private final Taker taker;
    private final StringBuilder line = new StringBuilder();
    private volatile boolean waiting;

    Lines(InputStream stream, Taker taker) {
        this.reader = new InputStreamReader(stream, StandardCharsets.UTF_8);
        this.taker = taker;
    }

    /// Whether it waits for the other end just now.
    boolean waiting() {
        return waiting;
    }

    /// Takes everything until the stream ends.
    void drain() {
        var buffer = new char[8_192];
        for (int read = read(buffer); read >= 0; read = read(buffer)) {
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n') {
                    end();
                } else {
                    add(buffer[i]);
                }
            }
        }
        if (!line.isEmpty()) {
            end();
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
        boolean pair = Character.isLowSurrogate(character);
        if (line.length() >= LogLine.LONGEST && !pair) {
            taker.take(line.toString(), true);
            line.setLength(0);
        }
        line.append(character);
    }

    private void end() {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        taker.take(line.toString(), false);
        line.setLength(0);
    }
}
