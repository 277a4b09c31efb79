package nightshift.s3;

import nightshift.run.RunLog;

import java.io.InputStream;
import java.time.Instant;

/// A log of which nothing is outside its compacted object, opened.
final class WholeLog implements RunLog {
    private final S3Objects.Opened object;
    private final Mark end;
    private boolean read;

    WholeLog(S3Objects.Opened object) {
        this.object = object;
        this.end = Mark.read(object.found().metadata());
    }

    @Override
    public long entries() {
        return end.entries();
    }

    @Override
    public long bytes() {
        return object.found().length();
    }

    /// Once.
    @Override
    public InputStream lines() {
        read = true;
        return object.content();
    }

    @Override
    public InputStream linesSince(Instant after) {
        return end.laterThan(after) ? lines() : InputStream.nullInputStream();
    }

    @Override
    public void close() {
        if (!read) object.abort();
    }
}
