package nightshift.s3;

import nightshift.run.RunKey;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/// Segments in order as one stream, a few fetched ahead: one after the other, a log of many small
/// ones would take longer than a request may.
final class SegmentStream extends InputStream {
    /// Bounds memory, too: a segment is no larger than a request's body.
    private static final int AHEAD = 16;

    private final S3Objects objects;
    private final RunKey run;
    private final Queue<CompletableFuture<byte[]>> fetching = new ArrayDeque<>();
    private final long last;
    private long next;
    private byte[] current = new byte[0];
    private int position;

    SegmentStream(S3Objects objects, RunKey run, long first, long last) {
        this.objects = objects;
        this.run = run;
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
            fetchAhead();
            var arriving = fetching.poll();
            if (arriving == null) return false;
            current = arriving.join();
            position = 0;
        }
        return true;
    }

    /// Asks for the next segments, if that has not been done yet.
    void fetchAhead() {
        for (; fetching.size() < AHEAD && next <= last; next++) {
            long number = next;
            fetching.add(
                    CompletableFuture.supplyAsync(
                            () -> segment(number), Thread::startVirtualThread));
        }
    }

    private byte[] segment(long number) {
        return objects.read(LogKeys.segment(run, number)).orElseGet(() -> new byte[0]); // expired
    }
}
