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
    private final Map<Long, S3Objects.Content> here = new HashMap<>();

    /// None of them here.
    Segments(S3Objects objects, RunKey run) {
        this.objects = objects;
        this.run = run;
    }

    /// Those from `first` to `last` here, asked for at the same time. One that has expired or is
    /// still arriving is not.
    static Segments fetched(S3Objects objects, RunKey run, long first, long last) {
        var segments = new Segments(objects, run);
        var arriving = new TreeMap<Long, CompletableFuture<Optional<S3Objects.Content>>>();
        for (long number = first; number <= last; number++) {
            arriving.put(number, segments.asked(number));
        }
        arriving.forEach((number, segment) ->
                segment.join().ifPresent(content -> segments.here.put(number, content)));
        return segments;
    }

    /// Whether all of these are here.
    boolean hold(long first, long last) {
        for (long number = first; number <= last; number++) {
            if (!here.containsKey(number)) return false;
        }
        return true;
    }

    /// How long those of these are that are here.
    long bytes(long first, long last) {
        long bytes = 0;
        for (long number = first; number <= last; number++) {
            var segment = here.get(number);
            if (segment != null) bytes += segment.bytes().length;
        }
        return bytes;
    }

    /// Nothing if there is no such segment any more, or yet.
    Optional<Mark> mark(long number) {
        var segment = here.get(number);
        return (segment == null
                        ? objects.find(LogKeys.segment(run, number))
                        : Optional.of(segment.found()))
                .map(found -> Mark.read(found.metadata()));
    }

    /// One after the other, without those that have expired.
    InputStream lines(long first, long last) {
        return new SegmentStream(this, first, last);
    }

    /// Asked for unless they are here.
    CompletableFuture<byte[]> lines(long number) {
        var segment = here.get(number);
        if (segment != null) return CompletableFuture.completedFuture(segment.bytes());
        return asked(number)
                .thenApply(
                        found -> found.map(S3Objects.Content::bytes).orElseGet(() -> new byte[0]));
    }

    private CompletableFuture<Optional<S3Objects.Content>> asked(long number) {
        return CompletableFuture.supplyAsync(
                () -> objects.read(LogKeys.segment(run, number)), Thread::startVirtualThread);
    }
}
