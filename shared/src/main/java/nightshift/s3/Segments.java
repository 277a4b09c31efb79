package nightshift.s3;

import nightshift.run.RunKey;

import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// The segments of a log, some of them here already.
final class Segments {
    private final S3Objects objects;
    private final RunKey run;
    private final Map<Long, Segment> here;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Segment(Mark mark, byte[] lines) {}

    /// None of them here.
    Segments(S3Objects objects, RunKey run) {
        this(objects, run, Map.of());
    }

    private Segments(S3Objects objects, RunKey run, Map<Long, Segment> here) {
        this.objects = objects;
        this.run = run;
        this.here = here;
    }

    /// Those from `first` to `last` here, asked for at the same time. One that has expired or is
    /// still arriving is not.
    static Segments fetched(S3Objects objects, RunKey run, long first, long last) {
        var arriving = new TreeMap<Long, CompletableFuture<Optional<S3Objects.Content>>>();
        for (long number = first; number <= last; number++) {
            var key = LogKeys.segment(run, number);
            arriving.put(
                    number,
                    CompletableFuture.supplyAsync(
                            () -> objects.read(key), Thread::startVirtualThread));
        }
        var here = new HashMap<Long, Segment>();
        arriving.forEach((number, content) ->
                content.join()
                        .ifPresent(segment ->
                                here.put(
                                        number,
                                        new Segment(
                                                Mark.read(segment.found().metadata()),
                                                segment.bytes()))));
        return new Segments(objects, run, here);
    }

    /// Whether all of these are here.
    boolean hold(long first, long last) {
        for (long number = first; number <= last; number++) {
            if (!here.containsKey(number)) return false;
        }
        return true;
    }

    /// Nothing if there is no such segment any more, or yet.
    Optional<Mark> mark(long number) {
        var segment = here.get(number);
        if (segment != null) return Optional.of(segment.mark());
        return objects.find(LogKeys.segment(run, number)).map(found -> Mark.read(found.metadata()));
    }

    /// One after the other, without those that have expired.
    InputStream lines(long first, long last) {
        return new SegmentStream(this, first, last);
    }

    byte[] lines(long number) {
        var segment = here.get(number);
        if (segment != null) return segment.lines();
        return objects.read(LogKeys.segment(run, number))
                .map(S3Objects.Content::bytes)
                .orElseGet(() -> new byte[0]);
    }
}
