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

    /// What is asked for at once, in bytes: a stretch and the largest append behind it are less.
    private static final long MOST_BYTES = 16 << 20;

    private final S3Objects objects;
    private final RunKey run;
    private final Mark end;
    private final Segments segments;
    private final @Nullable CompactedLog compacted;

    /// The compacted object, on its way here; null: not asked for, or handed out.
    private S3Objects.@Nullable Opened opened;

    S3RunLog(S3Objects objects, RunKey run, Mark newest, Optional<CompactedLog> compacted) {
        this(objects, run, newest, new Segments(objects, run), compacted, null);
    }

    private S3RunLog(
            S3Objects objects,
            RunKey run,
            Mark newest,
            Segments segments,
            Optional<CompactedLog> compacted,
            S3Objects.@Nullable Opened opened) {
        this.objects = objects;
        this.run = run;
        this.segments = segments;
        this.compacted = compacted.orElse(null);
        this.opened = opened;
        this.end = covered().number() > newest.number() ? covered() : newest;
    }

    /// All of a log, if little enough of it is in segments only: those are asked for at the same
    /// time. The compacted object may have been looked at before them; what it did not cover then
    /// must all be there, or else nothing is found.
    ///
    /// @param newestFirst the segments that were listed
    /// @param opened the compacted object
    static Optional<S3RunLog> whole(
            S3Objects objects,
            RunKey run,
            List<S3Objects.Listed> newestFirst,
            Optional<S3Objects.Opened> opened) {
        var compacted = opened.map(found -> CompactedLog.of(run, found.found()));
        var covered = compacted.map(CompactedLog::mark).orElse(Mark.START);
        long newest = LogKeys.newest(run, newestFirst);
        long missing = Math.max(0, newest - covered.number());
        if (missing > newestFirst.size() || large(newestFirst.subList(0, (int) missing))) {
            return Optional.empty();
        }
        long first = newest - missing + 1;
        var segments = Segments.fetched(objects, run, first, newest);
        if (!segments.hold(first, newest)) return Optional.empty();
        var end = missing == 0 ? covered : segments.mark(newest).orElseThrow();
        if (segments.bytes(first, newest) != end.bytes() - covered.bytes()) return Optional.empty();
        return Optional.of(
                new S3RunLog(objects, run, end, segments, compacted, opened.orElse(null)));
    }

    /// A log whose newest segments, those that were listed, are here: asked for at the same time.
    static Optional<S3RunLog> end(
            S3Objects objects,
            RunKey run,
            List<S3Objects.Listed> newestFirst,
            Optional<CompactedLog> compacted) {
        long newest = LogKeys.newest(run, newestFirst);
        long oldest = Math.max(1, newest - newestFirst.size() + 1);
        if (large(newestFirst)) return Optional.empty();
        var segments = Segments.fetched(objects, run, oldest, newest);
        if (newest > 0 && !segments.hold(newest, newest)) return Optional.empty();
        var end = newest == 0 ? Mark.START : segments.mark(newest).orElseThrow();
        return Optional.of(new S3RunLog(objects, run, end, segments, compacted, null));
    }

    private static boolean large(List<S3Objects.Listed> listed) {
        return listed.stream().mapToLong(S3Objects.Listed::size).sum() > MOST_BYTES;
    }

    @Override
    public long entries() {
        return end.entries();
    }

    @Override
    public long bytes() {
        return (compacted == null ? 0 : compacted.length()) + uncoveredBytes();
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

    @Override
    public void close() {
        if (opened != null) opened.abort();
    }

    RunKey run() {
        return run;
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

    /// How many bytes these are.
    long uncoveredBytes() {
        return end.bytes() - covered().bytes();
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
        if (opened != null && bytes() <= Assembly.PART) { // on its way here already
            return List.of(new Assembly.Fresh(bytes(), this::lines));
        }
        var fresh = new Assembly.Fresh(uncoveredBytes(), this::uncoveredLines);
        return compacted == null ? List.of(fresh) : List.of(compacted.piece(), fresh);
    }

    private InputStream uncoveredLines() {
        return segments.lines(covered().number() + 1, end.number());
    }

    private InputStream linesAfter(Mark start) {
        long first = start.number() + 1;
        if (compacted == null || first > covered().number() || segments.hold(first, end.number())) {
            return segments.lines(first, end.number());
        }
        return new SequenceInputStream(coveredLines(compacted, start), uncoveredLines());
    }

    private InputStream coveredLines(CompactedLog compacted, Mark start) {
        if (opened != null && start.number() == 0) {
            var all = opened.content();
            opened = null;
            return all;
        }
        // The length seen, not the length now: a later compaction has only added to it.
        long offset = start.number() == 0 ? 0 : compacted.offsetAfter(start);
        return objects.open(LogKeys.compacted(run), offset, compacted.length());
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
        return segments.mark(number).orElse(Mark.START);
    }
}
