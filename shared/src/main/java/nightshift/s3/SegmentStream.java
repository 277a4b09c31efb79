package nightshift.s3;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/// Segments in order as one stream, a few fetched ahead: one after the other, a log of many small
/// ones would take longer than a request may.
final class SegmentStream extends InputStream {
    /// Bounds memory, too: a segment is no larger than a request's body.
    private static final int AHEAD = 16;

    private final Segments segments;
    private final Queue<CompletableFuture<byte[]>> fetching = new ArrayDeque<>();
    private final long last;
    private long next;
    private byte[] current = new byte[0];
    private int position;

    SegmentStream(Segments segments, long first, long last) {
        this.segments = segments;
        this.next = first;
        this.last = last;
    }

    @Override
    public int read() {
        return arrived() ? current[position++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) return 0;
        if (!arrived()) return -1;
        int count = Math.min(length, current.length - position);
        System.arraycopy(current, position, target, offset, count);
        position += count;
        return count;
    }

    private boolean arrived() {
        while (position == current.length) {
            for (; fetching.size() < AHEAD && next <= last; next++) {
                fetching.add(segments.lines(next));
            }
            var arriving = fetching.poll();
            if (arriving == null) return false;
            current = arriving.join();
            position = 0;
        }
        return true;
    }
}
