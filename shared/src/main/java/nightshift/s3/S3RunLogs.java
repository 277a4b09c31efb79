package nightshift.s3;

import static java.util.stream.Collectors.joining;

import nightshift.run.LogEntry;
import nightshift.run.PresignedUrl;
import nightshift.run.RunKey;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.s3.S3Client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Logs as immutable, numbered segments in S3, one for each append, beside one compacted object.
///
/// What holds, and why:
///
/// 1. *A number is used once.* A segment is created with `If-None-Match: *` and never deleted or
///    changed here. (If compaction removed what it covers, a writer with an old idea of the log's
///    end could create a freed number again, and could not tell its own segment, folded and
///    removed, from a stray one: it would lose its lines or write them twice. The bucket's
///    lifecycle removes segments instead, 30 days after they were written and in no order, which is
///    longer than a process remembers a log's end; the compacted object is younger, stays longer
///    and remembers the numbers that it covers. Until then the copies of a log of 100 MB cost less
///    than a cent.)
/// 2. *Numbers have no gaps.* A writer takes n + 1 only after it saw n, by writing it, by losing it
///    to another writer or in a listing, and S3 shows a completed write to every later read. So
///    whoever sees n knows that 1 to n are there, and every reader's view is a prefix of every
///    later view.
/// 3. *A segment's mark is true.* It adds to the mark of the one segment before it, which cannot
///    change.
/// 4. *An append is one request,* and so all or nothing. What a writer remembers of the log's end
///    may be out of date; then its number is taken, it looks again and tries the next. Somebody's
///    append or seal succeeded each time that happens, so a writer may wait for others but never
///    for nothing. When the SDK repeats a request whose answer was lost, the number seems taken,
///    but by the same `writer`: that append has succeeded and is not repeated.
/// 5. *The compacted object is a cache of a prefix.* It holds exactly the segments up to its mark's
///    number, replaces only what its writer has read (`If-Match`, or `If-None-Match: *` for the
///    first), and so only ever grows; bytes at an offset, once there, stay the same. A reader takes
///    what it covers from it and the rest from segments, so no moment of a compaction, not even its
///    crash between any two calls, shows in a view. A reader who looked at it before looking for
///    the log's end takes its word only if all segments behind what it covered are there; else it
///    looks again, in the other order. Two compactors: one wins, the other looks again. Late
///    appends go on counting and the next compaction folds them in.
/// 6. *A seal makes the table's word true.* The table counts how often a log went on after it was
///    compacted as a whole, its extensions, and says for which count that was done last. Such a
///    compaction reads the count and then puts a seal at the log's end: an empty segment with that
///    count, or with the last seal's if that is higher. Who would write behind a seal first raises
///    the table's count above the seal's, and whenever it says that the log is whole: the seal may
///    be an old one, if the last ones have expired. So while the table says that the log is whole,
///    nothing is behind the seal of the compaction that said so, and one request reads all of it.
/// 7. *The joined object is a cache of a chain of logs.* It says which stretch of which log it
///    holds, so it is written once for each state of the chain, and replaces only what its writer
///    had seen before it looked at the logs: it never goes back.
/// 8. *Little is in segments only.* Whose segment ends a stretch, by its number or by the bytes
///    before it, says so, to have the log compacted as it is then. A number is written once, so it
///    is said once for each stretch, by however many writers, and a reader has to fetch what one
///    stretch holds and what is written while a compaction is under way. Nothing is lost if it is
///    not said, or late: the next stretch says the same.
public final class S3RunLogs implements RunLogs {
    private static final int REMEMBERED_RUNS = 1000;

    /// How many segments make a stretch, and how many bytes.
    private static final long STRETCH = 16;

    private static final long STRETCH_BYTES = 2 << 20;

    /// How many segments a reader fetches at once: some stretches, because whoever compacts comes
    /// after those who write. Who finds more makes one object of the log first.
    private static final int MOST_SEGMENTS = 64;

    /// How many of the newest segments a reader of a log's end fetches at once: what has come since
    /// it last looked, and one before that, which tells where that begins.
    private static final int FOLLOWED_SEGMENTS = 4;

    /// The longest pause of a writer that has lost a number for the first time, in milliseconds.
    private static final int FIRST_PAUSE = 256;

    static final String TYPE = "application/jsonl";

    private final S3Objects objects;
    private final Supplier<S3Client> uploads;
    private final UrlSigner signer;
    private final Map<RunKey, End> ends =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<RunKey, End> eldest) {
                    return size() > REMEMBERED_RUNS;
                }
            };

    /// @param uploads for what is too large to be written at once; asked when there is such
    public S3RunLogs(S3Objects objects, Supplier<S3Client> uploads, UrlSigner signer) {
        this.objects = objects;
        this.uploads = uploads;
        this.signer = signer;
    }

    @Override
    public OptionalLong append(RunKey run, List<LogEntry> entries, LongConsumer goesOn) {
        if (entries.isEmpty()) return OptionalLong.empty();
        var lines = new ByteArrayOutputStream();
        Instant latest = null;
        for (var entry : entries) {
            lines.writeBytes(entry.json().getBytes(StandardCharsets.UTF_8));
            lines.write('\n');
            var time = entry.timestamp();
            if (time != null && (latest == null || time.isAfter(latest))) latest = time;
        }
        var last = latest;
        var mark =
                write(
                        run,
                        lines.toByteArray(),
                        end -> {
                            if (end.seal()) goesOn.accept(end.extensions());
                            return end.then(entries.size(), lines.size(), last);
                        });
        return endsStretch(mark, lines.size())
                ? OptionalLong.of(mark.number())
                : OptionalLong.empty();
    }

    private static boolean endsStretch(Mark mark, int added) {
        return mark.number() % STRETCH == 0
                || mark.bytes() / STRETCH_BYTES > (mark.bytes() - added) / STRETCH_BYTES;
    }

    @Override
    public RunLog open(RunKey run) {
        var opening = meanwhile(() -> objects.open(LogKeys.compacted(run)));
        Optional<S3RunLog> whole = Optional.empty();
        try {
            var newestFirst = objects.list(LogKeys.segments(run), MOST_SEGMENTS);
            whole = S3RunLog.whole(objects, run, newestFirst, opening.join());
        } finally {
            if (whole.isEmpty()) {
                var _ = opening.thenAccept(opened -> opened.ifPresent(S3Objects.Opened::abort));
            }
        }
        return whole.isPresent() ? whole.get() : compactedIfLong(run);
    }

    private RunLog compactedIfLong(RunKey run) {
        var log = view(run);
        return log.uncovered() <= MOST_SEGMENTS ? log : compacted(log);
    }

    @Override
    public RunLog openWhole(RunKey run) {
        return objects.open(LogKeys.compacted(run))
                .<RunLog>map(WholeLog::new)
                .orElseGet(() -> open(run)); // expired
    }

    @Override
    public RunLog openEnd(RunKey run) {
        var finding = meanwhile(() -> CompactedLog.find(objects, run));
        var newestFirst = objects.list(LogKeys.segments(run), FOLLOWED_SEGMENTS);
        var end = S3RunLog.end(objects, run, newestFirst, finding.join());
        return end.isPresent() ? end.get() : view(run);
    }

    private static <T> CompletableFuture<T> meanwhile(Supplier<T> request) {
        return CompletableFuture.supplyAsync(request, Thread::startVirtualThread);
    }

    @Override
    public void compact(RunKey run, long extensions) {
        write(run, new byte[0], end -> end.sealed(extensions));
        makeOne(view(run));
    }

    @Override
    public void compact(RunLog log) {
        if (log instanceof S3RunLog view) makeOne(view); // else it is one
    }

    @Override
    public Optional<PresignedUrl> url(List<RunKey> chain, Duration life) {
        String key = LogKeys.joined(chain.getLast());
        while (true) {
            // Looked at before the logs: what replaces it then holds all that it held.
            var present = objects.find(key);
            var logs =
                    chain.stream()
                            .flatMap(run -> compacted(view(run)).base().stream())
                            .filter(log -> log.length() > 0)
                            .toList();
            if (logs.size() == 1) return url(LogKeys.compacted(logs.getFirst().run()), life);
            var made = Map.of("logs", logs.stream().map(CompactedLog::name).collect(joining(" ")));
            if (present.map(S3Objects.Found::metadata).filter(made::equals).isPresent()
                    || assembly(key, made, present.map(S3Objects.Found::etag))
                            .written(logs.stream().map(CompactedLog::piece).toList())) {
                return url(key, life);
            }
        }
    }

    @Override
    public void compactGrown(RunKey run) {
        var log = view(run);
        // Said for one stretch after another, it may all be done with the first.
        if (log.uncovered() >= STRETCH / 2 || log.uncoveredBytes() >= STRETCH_BYTES / 2) {
            makeOne(log);
        }
    }

    /// A view of a log whose compacted object holds all that this one holds.
    private S3RunLog compacted(S3RunLog log) {
        if (log.uncovered() == 0) return log;
        makeOne(log);
        return view(log.run());
    }

    private void makeOne(S3RunLog log) {
        var run = log.run();
        long end = log.end().number();
        for (var now = log; now.covered().number() < end; now = view(run)) {
            var step = now.nextStep();
            var object =
                    assembly(
                            LogKeys.compacted(run),
                            step.end().write(),
                            now.base().map(CompactedLog::etag));
            if (object.written(step.pieces()) && step.end().number() >= end) return;
        }
    }

    private Assembly assembly(String key, Map<String, String> metadata, Optional<String> replaces) {
        return new Assembly(objects, uploads, key, metadata, replaces.orElse(null));
    }

    private Optional<PresignedUrl> url(String key, Duration life) {
        return signer.get(key, Map.of(), life);
    }

    /// The newest segment is looked up before the compacted object: that may then cover more than
    /// was seen, but never less.
    private S3RunLog view(RunKey run) {
        var end = newestSegment(run);
        return new S3RunLog(objects, run, end, CompactedLog.find(objects, run));
    }

    /// Creates the segment behind the log's end.
    ///
    /// @param next what it is behind the end that was found, or that end if none is needed; asked
    ///   again for another end
    private Mark write(RunKey run, byte[] lines, UnaryOperator<Mark> next) {
        var end = end(run);
        synchronized (end) { // writers of one process would only take the numbers from each other
            end.mark = written(run, lines, next, end.mark == null ? newest(run) : end.mark);
            return end.mark;
        }
    }

    private Mark written(RunKey run, byte[] lines, UnaryOperator<Mark> next, Mark end) {
        String writer = UUID.randomUUID().toString();
        for (int pause = FIRST_PAUSE; ; pause = Math.max(1, pause / 2)) {
            var mark = next.apply(end);
            if (mark.equals(end) || created(run, mark, writer, lines)) return mark;
            var taken = metadata(LogKeys.segment(run, mark.number()));
            if (taken.isPresent() && writer.equals(taken.get().get("writer"))) return mark;
            // Not just the next number: others may take those as fast as one writer can try them.
            rest(pause);
            end = newestSegment(run); // which is there, for this one was
        }
    }

    /// Writers who all tried again at once would only be in each other's way. Who has lost more
    /// often waits less, so that nobody waits for ever.
    private static void rest(int longest) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(longest));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two attempts", interrupted);
        }
    }

    private boolean created(RunKey run, Mark mark, String writer, byte[] lines) {
        var metadata = mark.write();
        metadata.put("writer", writer);
        return objects.put(LogKeys.segment(run, mark.number()), TYPE, lines, metadata, null);
    }

    /// How far the log has come. The compacted object knows when lifecycle has removed the newest
    /// segments, be it before the older ones: their numbers must not be used again.
    private Mark newest(RunKey run) {
        var segment = newestSegment(run);
        return metadata(LogKeys.compacted(run))
                .map(Mark::read)
                .filter(compacted -> compacted.number() > segment.number())
                .orElse(segment);
    }

    private Mark newestSegment(RunKey run) {
        return mark(run, newestNumber(run));
    }

    /// Zero if there is none.
    private long newestNumber(RunKey run) {
        return LogKeys.newest(run, objects.list(LogKeys.segments(run), 1));
    }

    private Mark mark(RunKey run, long newest) {
        if (newest == 0) return Mark.START;
        return metadata(LogKeys.segment(run, newest))
                // A server that keeps files may list one that is still arriving; the one before it
                // is there.
                .or(() -> metadata(LogKeys.segment(run, newest - 1)))
                .map(Mark::read)
                .orElse(Mark.START);
    }

    private Optional<Map<String, String>> metadata(String key) {
        return objects.find(key).map(S3Objects.Found::metadata);
    }

    private End end(RunKey run) {
        synchronized (ends) {
            return ends.computeIfAbsent(run, _ -> new End());
        }
    }

    /// Where this process believes that a log ends.
    private static final class End {
        private @Nullable Mark mark;
    }
}
