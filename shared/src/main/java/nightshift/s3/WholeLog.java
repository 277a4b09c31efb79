package nightshift.s3;

import nightshift.run.RunLog;

import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.InputStream;
import java.time.Instant;

/// A log of which nothing is outside its compacted object, opened.
final class WholeLog implements RunLog {
    private final ResponseInputStream<GetObjectResponse> lines;
    private final Mark end;
    private boolean read;

    WholeLog(ResponseInputStream<GetObjectResponse> lines) {
        this.lines = lines;
        this.end = Mark.read(lines.response().metadata());
    }

    @Override
    public long entries() {
        return end.entries();
    }

    @Override
    public long bytes() {
        return lines.response().contentLength();
    }

    @Override
    public boolean compacted() {
        return true;
    }

    /// Once.
    @Override
    public InputStream lines() {
        read = true;
        return lines;
    }

    @Override
    public InputStream linesSince(Instant after) {
        return end.laterThan(after) ? lines() : InputStream.nullInputStream();
    }

    /// Closing what S3 still sends would read it to its end.
    @Override
    public void close() {
        if (!read) lines.abort();
    }
}
