package nightshift.dynamo;

import nightshift.dynamo.LogItem.Append;
import nightshift.run.LogEntry;
import nightshift.run.LogObjects;
import nightshift.run.LogObjects.Compacted;
import nightshift.run.LogPosition;
import nightshift.run.PresignedUrl;
import nightshift.run.RunKey;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Logs whose order is in the table.
///
/// 1. An append is one item, put under the next number on the condition that the number is free. So
///    numbers have no gaps and an append is all or nothing. An append id in the item lets a
///    repeated request recognise that the first one succeeded.
/// 2. Few bytes are in the item. More are in an object that is written before the item.
/// 3. The compacted object holds a prefix of the log, and the head item says how much of it counts.
///    The head is written after the object. The object is replaced only by a longer prefix of the
///    same log (its version is the condition), so the bytes that a head counts never change. A
///    crash before the head is written leaves an object that is longer than the head says.
/// 4. A reader takes the object's bytes that the head counts, and the appends after the head's
///    number.
public final class DynamoRunLogs implements RunLogs {
    /// A log is compacted after so many appends, and after so many bytes.
    static final int STRETCH = 16;

    private static final long STRETCH_BYTES = 2 << 20;

    /// More lines than this are cheaper in an object: 5.00 USD for a million, while the table takes
    /// 0.625 for each kilobyte after deflation.
    private static final int MOST_IN_ITEM = 16 << 10;

    /// What one compaction holds in memory.
    private static final long MOST_COMPACTED = 64 << 20;

    /// The longest pause of a writer that has lost two numbers, in milliseconds.
    private static final int FIRST_PAUSE = 64;

    /// Not a generator whose state a snapshot would give to every instance.
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final int CACHED_RUNS = 1_000;

    private final Table table;
    private final LogObjects objects;
    private final Clock clock;

    /// The last position of each log that this process has seen.
    private final Map<RunKey, LogPosition> ends =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(16, 0.75f, true) {
                        @Override
                        protected boolean removeEldestEntry(Map.Entry<RunKey, LogPosition> eldest) {
                            return size() > CACHED_RUNS;
                        }
                    });

    public DynamoRunLogs(Table table, LogObjects objects, Clock clock) {
        this.table = table;
        this.objects = objects;
        this.clock = clock;
    }

    @Override
    public void append(RunKey run, List<LogEntry> entries, boolean compact) {
        if (entries.isEmpty()) return;
        var lines = new ByteArrayOutputStream();
        Instant latest = null;
        for (var entry : entries) {
            lines.writeBytes(entry.json().getBytes(StandardCharsets.UTF_8));
            lines.write('\n');
            latest = LogPosition.later(latest, entry.timestamp());
        }
        boolean large = lines.size() > MOST_IN_ITEM;
        var deflated = large ? null : LogItem.deflate(lines.toByteArray());
        var object = large ? objects.put(run, lines.toByteArray()) : null;
        var id = UUID.randomUUID();
        var last = ends.get(run);
        if (last == null) last = end(run);
        for (int lost = 0; ; lost++) {
            var next = last.after(entries.size(), lines.size(), latest);
            var append = new Append(next, lines.size(), deflated, object);
            boolean grown = compact || endsStretch(last, next);
            var taken = table.putOrGet(LogItem.write(run, append, id, grown, expiry()));
            if (taken.isEmpty() || LogItem.isOf(taken.get(), id)) {
                ends.put(run, next);
                return;
            }
            if (lost > 0) pause(lost);
            last = end(run);
        }
    }

    private static boolean endsStretch(LogPosition last, LogPosition next) {
        return next.number() % STRETCH == 0
                || next.bytes() / STRETCH_BYTES > last.bytes() / STRETCH_BYTES;
    }

    /// Writers that all tried again at once would only be in each other's way. A writer that has
    /// lost more often waits less, so no writer waits for ever.
    private static void pause(int lost) {
        try {
            int longest = Math.max(1, FIRST_PAUSE >> Math.min(lost - 1, 30));
            Thread.sleep(RANDOM.nextInt(longest + 1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two attempts", interrupted);
        }
    }

    /// The present end. The head knows it when the last appends have expired.
    private LogPosition end(RunKey run) {
        return ofHeadAndLast(run).stream()
                .map(item ->
                        LogItem.isHead(item)
                                ? LogItem.head(item).end()
                                : LogItem.append(item).end())
                .max((one, other) -> Long.compare(one.number(), other.number()))
                .orElse(LogPosition.START);
    }

    /// The head and the last append, if they exist; without a head the last two appends.
    private List<Item> ofHeadAndLast(RunKey run) {
        return table.descending(LogItem.partition(run), Map.of(), 2).items();
    }

    @Override
    public RunLog open(RunKey run) {
        return read(run);
    }

    private DynamoRunLog read(RunKey run) {
        return DynamoRunLog.read(table, objects, run, clock.instant());
    }

    @Override
    public void compact(RunKey run) {
        compacted(run);
    }

    /// Compacts a log up to where it ends now, or further.
    private Compacted compacted(RunKey run) {
        var log = read(run);
        var version = log.version();
        long goal = log.end().number();
        long length = log.length();
        while (version == null || log.covered().number() < goal) {
            var appends = log.uncovered(MOST_COMPACTED);
            var lines = bytes(log, appends);
            var written = objects.extend(new Compacted(run, length), lines, version);
            if (written.isPresent()) {
                length += lines.length;
                var end = appends.isEmpty() ? log.covered() : appends.getLast().end();
                var head = LogItem.write(run, end, length, written.get(), expiry());
                table.putGreater(head, LogItem.NUMBER);
                if (end.number() >= goal) return new Compacted(run, length);
            }
            // The version is read before the log: so the log shows all that the object holds.
            version = written.or(() -> objects.version(run)).orElse(null);
            log = read(run);
            length = version == null ? 0 : log.length();
        }
        return new Compacted(run, length);
    }

    private Instant expiry() {
        return clock.instant().plus(table.lifetimes().logs());
    }

    private static byte[] bytes(DynamoRunLog log, List<Append> appends) {
        try (var lines = log.lines(appends)) {
            return lines.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public Optional<PresignedUrl> link(RunKey run, Duration life) {
        var items = ofHeadAndLast(run);
        if (items.isEmpty() || !LogItem.isHead(items.getFirst())) return Optional.empty();
        var head = LogItem.head(items.getFirst());
        boolean whole = head.end().number() >= LogItem.append(items.getLast()).number();
        return whole && head.expiresAt().isAfter(clock.instant())
                ? objects.url(run, life)
                : Optional.empty();
    }

    @Override
    public Optional<PresignedUrl> url(List<RunKey> chain, Duration life) {
        if (chain.size() == 1) return objects.url(compacted(chain.getFirst()).run(), life);
        var last = chain.getLast();
        while (true) {
            // Read before the logs: what replaces it holds all that it holds.
            var present = objects.joined(last);
            var logs = chain.stream().map(this::compacted).filter(log -> log.length() > 0).toList();
            if (logs.size() == 1) return objects.url(logs.getFirst().run(), life);
            boolean holds =
                    present.filter(it -> it.contents().equals(LogObjects.contents(logs)))
                            .isPresent();
            var version = present.map(LogObjects.Joined::version).orElse(null);
            if (holds || objects.join(last, logs, version)) return objects.joinedUrl(last, life);
        }
    }
}
