package nightshift.s3;

import nightshift.run.RunKey;

import java.util.Optional;

/// What the compacted object of a log covers, and the version of it that was seen.
record CompactedLog(RunKey run, Mark mark, long length, String etag) {
    static Optional<CompactedLog> find(S3Objects objects, RunKey run) {
        return objects.find(LogKeys.compacted(run)).map(found -> of(run, found));
    }

    static CompactedLog of(RunKey run, S3Objects.Found found) {
        return new CompactedLog(run, Mark.read(found.metadata()), found.length(), found.etag());
    }

    /// All of it as it was seen. A later compaction only adds to that.
    Assembly.Piece piece() {
        return new Assembly.Stored(LogKeys.compacted(run), length);
    }

    /// What tells it from every other stretch of any log.
    String name() {
        return "%s/%s/%s".formatted(run.runId(), mark.number(), length);
    }

    /// Where the bytes after `earlier` begin. Counted from the end, because what had expired when
    /// the log was compacted is missing at its beginning.
    long offsetAfter(Mark earlier) {
        return Math.max(0, length - (mark.bytes() - earlier.bytes()));
    }
}
