package nightshift.dynamo;

import nightshift.dynamo.LogItem.Append;
import nightshift.dynamo.LogItem.Head;
import nightshift.run.LogObjects;
import nightshift.run.LogObjects.Compacted;
import nightshift.run.LogPosition;
import nightshift.run.RunKey;
import nightshift.run.RunLog;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// A view of a log: what the compacted object holds, and the appends after that.
///
/// The appends are read newest first, page by page, until they meet what is compacted. An append
/// never changes, so an older page that is read later fits the pages before it.
final class DynamoRunLog implements RunLog {
    /// The appends between two compactions, and as many while a compaction is under way.
    private static final int FIRST_PAGE = 2 * DynamoRunLogs.STRETCH + 1;

    /// How many objects are asked for at the same time. Each is at most as long as a request body.
    private static final int OBJECTS_AT_ONCE = 16;

    private final Table table;
    private final LogObjects objects;
    private final RunKey run;
    private final List<Append> newestFirst = new ArrayList<>();
    private final List<Append> uncovered;
    private final long length;
    private @Nullable Head head;
    private Map<String, AttributeValue> next = Map.of();

    /// Reads a log.
    ///
    /// A number that is missing was compacted, and has expired, since the head was read: so the log
    /// is read again. If the number is still missing, the beginning of the log has expired.
    static DynamoRunLog read(Table table, LogObjects objects, RunKey run, Instant now) {
        var log = new DynamoRunLog(table, objects, run, now);
        return log.hasGap() ? new DynamoRunLog(table, objects, run, now) : log;
    }

    private DynamoRunLog(Table table, LogObjects objects, RunKey run, Instant now) {
        this.table = table;
        this.objects = objects;
        this.run = run;
        readPage(FIRST_PAGE);
        while (!next.isEmpty() && newestFirst.getLast().number() > covered().number() + 1) {
            readPage(null);
        }
        this.uncovered = findUncovered();
        this.length = head != null && head.expiresAt().isAfter(now) ? head.length() : 0;
    }

    private void readPage(@Nullable Integer most) {
        var page = table.descending(LogItem.partition(run), next, most);
        next = page.next();
        for (var item : page.items()) {
            if (LogItem.isHead(item)) head = LogItem.head(item);
            else newestFirst.add(LogItem.append(item));
        }
    }

    /// The appends after the compacted ones, the oldest first.
    private List<Append> findUncovered() {
        var found = new ArrayList<Append>();
        for (var append : newestFirst) {
            boolean follows = found.isEmpty() || append.number() == found.getLast().number() - 1;
            if (append.number() <= covered().number() || !follows) break;
            found.add(append);
        }
        return found.reversed();
    }

    private boolean hasGap() {
        return !uncovered.isEmpty() && uncovered.getFirst().number() != covered().number() + 1;
    }

    @Override
    public long entries() {
        return end().entries();
    }

    @Override
    public long bytes() {
        return length + uncovered.stream().mapToLong(Append::size).sum();
    }

    @Override
    public InputStream lines() {
        var parts = new ArrayList<Supplier<InputStream>>();
        if (length > 0) parts.add(meanwhile(() -> objects.open(new Compacted(run, length))));
        return joined(parts, uncovered);
    }

    @Override
    public InputStream linesSince(Instant after) {
        if (!end().isLaterThan(after)) return InputStream.nullInputStream();
        var since = new ArrayList<Append>();
        long number = end().number();
        for (int n = 0; n < newestFirst.size() || !next.isEmpty(); n++) {
            if (n == newestFirst.size()) readPage(null);
            if (n == newestFirst.size() || newestFirst.get(n).number() != number) break; // expired
            var append = newestFirst.get(n);
            if (!append.end().isLaterThan(after))
                return joined(new ArrayList<>(), since.reversed());
            since.add(append);
            if (--number == 0) return joined(new ArrayList<>(), since.reversed());
        }
        return lines();
    }

    /// Where the log ends.
    LogPosition end() {
        return uncovered.isEmpty() ? covered() : uncovered.getLast().end();
    }

    /// What the compacted object holds.
    LogPosition covered() {
        return head == null ? LogPosition.START : head.end();
    }

    /// How many bytes of the compacted object count; none if it has expired.
    long length() {
        return length;
    }

    /// The version of the compacted object; null: there is none.
    @Nullable String version() {
        return head == null ? null : head.version();
    }

    /// The first appends that the compacted object does not hold.
    ///
    /// @param bytes to end after
    List<Append> uncovered(long bytes) {
        var first = new ArrayList<Append>();
        long size = 0;
        for (var append : uncovered) {
            if (size >= bytes) break;
            first.add(append);
            size += append.size();
        }
        return first;
    }

    /// The lines of appends, one after the other. Their objects are asked for at the same time.
    InputStream lines(List<Append> appends) {
        return joined(new ArrayList<>(), appends);
    }

    private InputStream joined(List<Supplier<InputStream>> parts, List<Append> appends) {
        for (var append : appends) {
            Supplier<InputStream> lines = () -> new ByteArrayInputStream(lines(append));
            boolean ahead = append.object() != null && parts.size() < OBJECTS_AT_ONCE;
            parts.add(ahead ? meanwhile(lines) : lines);
        }
        return new SequenceInputStream(new Streams(parts.iterator()));
    }

    private byte[] lines(Append append) {
        var name = append.object();
        if (name != null) return objects.read(name);
        var deflated = append.deflated();
        return deflated == null ? new byte[0] : LogItem.inflate(deflated);
    }

    private static Supplier<InputStream> meanwhile(Supplier<InputStream> request) {
        return CompletableFuture.supplyAsync(request, Thread::startVirtualThread)::join;
    }

    /// Streams that are opened when they are read.
    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes an Enumeration
    private record Streams(Iterator<Supplier<InputStream>> parts)
            implements Enumeration<InputStream> {
        @Override
        public boolean hasMoreElements() {
            return parts.hasNext();
        }

        @Override
        public InputStream nextElement() {
            return parts.next().get();
        }
    }
}
