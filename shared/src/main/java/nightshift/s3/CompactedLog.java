package nightshift.s3;

import nightshift.run.RunKey;

import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

import java.util.Optional;

/// What the compacted object of a log covers, and the version of it that was seen.
record CompactedLog(RunKey run, Mark mark, long length, String etag) {
    static Optional<CompactedLog> find(S3Client s3, String bucket, RunKey run) {
        try {
            var found = s3.headObject(head -> head.bucket(bucket).key(LogKeys.compacted(run)));
            return Optional.of(
                    new CompactedLog(
                            run, Mark.read(found.metadata()), found.contentLength(), found.eTag()));
        } catch (NoSuchKeyException absent) {
            return Optional.empty();
        }
    }

    /// All of it as it was seen. A later compaction only adds to that.
    Assembly.Piece piece() {
        return new Assembly.Stored(LogKeys.compacted(run), length);
    }

    /// What tells it from every other stretch of any log.
    String name() {
        return "%s/%d/%d".formatted(run.runId(), mark.number(), length);
    }

    /// Where the bytes after `earlier` begin. Counted from the end, because what had expired when
    /// the log was compacted is missing at its beginning.
    long offsetAfter(Mark earlier) {
        return Math.max(0, length - (mark.bytes() - earlier.bytes()));
    }
}
