package nightshift.s3;

import nightshift.run.RunKey;
import nightshift.run.RunLog;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A view of a log: what the compacted object covered when it was opened, and the segments after
/// that.
final class S3RunLog implements RunLog {
    private static final long STEP = 5_000;

    private final S3Objects objects;
    private final RunKey run;
    private final Mark end;
    private final @Nullable CompactedLog compacted;

    S3RunLog(S3Objects objects, RunKey run, Mark newest, Optional<CompactedLog> compacted) {
        this.objects = objects;
        this.run = run;
        this.compacted = compacted.orElse(null);
        this.end = covered().number() > newest.number() ? covered() : newest;
    }

    @Override
    public long entries() {
        return end.entries();
    }

    @Override
    public long bytes() {
        return (compacted == null ? 0 : compacted.length()) + end.bytes() - covered().bytes();
    }

    @Override
    public InputStream lines() {
        return linesAfter(Mark.START);
    }

    @Override
    public InputStream linesSince(Instant after) {
        return end.laterThan(after)
                ? linesAfter(lastNotLaterThan(after))
                : InputStream.nullInputStream();
    }

    Mark end() {
        return end;
    }

    Optional<CompactedLog> base() {
        return Optional.ofNullable(compacted);
    }

    /// What the compacted object covers.
    Mark covered() {
        return compacted == null ? Mark.START : compacted.mark();
    }

    /// How many segments the compacted object does not hold.
    long uncovered() {
        return end.number() - covered().number();
    }

    /// As much of it as one compaction may take on. A function that runs out of time while it
    /// compacts very many segments has so come further all the same.
    S3RunLog nextStep() {
        long number = covered().number() + STEP;
        if (number >= end.number()) return this;
        var mark = markAt(number);
        return mark.number() == number
                ? new S3RunLog(objects, run, mark, base())
                : this; // expired, and so the rest is little
    }

    /// What a compacted object of it is made of: the present one, and the lines that are in
    /// segments only.
    List<Assembly.Piece> pieces() {
        var fresh = new Assembly.Fresh(end.bytes() - covered().bytes(), this::uncoveredLines);
        return compacted == null ? List.of(fresh) : List.of(compacted.piece(), fresh);
    }

    private InputStream uncoveredLines() {
        return segments(covered().number() + 1);
    }

    private InputStream linesAfter(Mark start) {
        if (compacted == null || start.number() >= compacted.mark().number()) {
            return segments(Math.max(start.number(), covered().number()) + 1);
        }
        long offset = start.number() == 0 ? 0 : compacted.offsetAfter(start);
        // The length seen, not the length now: a later compaction has only added to it.
        var covered = objects.open(LogKeys.compacted(run), offset, compacted.length());
        return new SequenceInputStream(covered, uncoveredLines());
    }

    private InputStream segments(long first) {
        return new SegmentStream(objects, run, first, end.number());
    }

    /// The mark after which later entries begin. Marks never go back in time, so it is found by
    /// looking ever further back from the end and then halving: for a client that follows the log
    /// it is one or two segments away.
    private Mark lastNotLaterThan(Instant after) {
        long later = end.number();
        long earlier = later - 1;
        var mark = markAt(earlier);
        for (long step = 2; mark.laterThan(after); step *= 2) {
            later = earlier;
            earlier = Math.max(0, later - step);
            mark = markAt(earlier);
        }
        while (earlier + 1 < later) {
            long middle = earlier + (later - earlier) / 2;
            var found = markAt(middle);
            if (found.laterThan(after)) {
                later = middle;
            } else {
                earlier = middle;
                mark = found;
            }
        }
        return mark;
    }

    /// Before the first segment, or where segments have expired, is the start: reading from there
    /// leaves nothing out.
    private Mark markAt(long number) {
        if (number < 1) return Mark.START;
        return objects.find(LogKeys.segment(run, number))
                .map(segment -> Mark.read(segment.metadata()))
                .orElse(Mark.START);
    }
}
