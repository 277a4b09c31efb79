package nightshift.s3;

import nightshift.run.RunKey;
import nightshift.run.RunLog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A log of few segments, read at once: a request for each, all at the same time.
final class SmallLog implements RunLog {
    /// In bytes; what is longer is not for one answer anyway.
    private static final long LARGEST = 4 << 20;

    private final Mark end;
    private final byte[] all;

    private SmallLog(Mark end, byte[] all) {
        this.end = end;
        this.all = all;
    }

    /// Nothing if the log is large, or if not all of its segments are there: some may have expired,
    /// and the newest may still be arriving.
    ///
    /// @param newestFirst its newest segments
    static Optional<RunLog> read(
            S3Objects objects, RunKey run, List<S3Objects.Listed> newestFirst) {
        if (newestFirst.isEmpty()) return Optional.empty();
        var newest = newestFirst.getFirst().key();
        long count = LogKeys.number(run, newest);
        long size = newestFirst.stream().mapToLong(S3Objects.Listed::size).sum();
        if (count != newestFirst.size() || size > LARGEST) return Optional.empty();
        try (var earlier = new SegmentStream(objects, run, 1, count - 1)) {
            earlier.fetchAhead(); // while the newest one is on its way
            var last = objects.open(newest).orElse(null);
            if (last == null) return Optional.empty();
            var all = new ByteArrayOutputStream();
            try (var content = last.content()) {
                earlier.transferTo(all);
                content.transferTo(all);
            }
            var end = Mark.read(last.found().metadata());
            return all.size() == end.bytes()
                    ? Optional.of(new SmallLog(end, all.toByteArray()))
                    : Optional.empty();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public long entries() {
        return end.entries();
    }

    @Override
    public long bytes() {
        return all.length;
    }

    @Override
    public InputStream lines() {
        return new ByteArrayInputStream(all);
    }

    @Override
    public InputStream linesSince(Instant after) {
        return end.laterThan(after) ? lines() : InputStream.nullInputStream();
    }
}
