package nightshift.run;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/// Logs that live as long as the test.
public final class InMemoryRunLogs implements RunLogs {
    private final Map<RunKey, Log> logs = new ConcurrentHashMap<>();

    @Override
    public OptionalLong append(RunKey run, List<LogEntry> entries, LongConsumer goesOn) {
        if (entries.isEmpty()) return OptionalLong.empty();
        long known = -1;
        while (true) {
            long appends = log(run).add(entries, known);
            if (appends % 16 > 0) return OptionalLong.empty();
            if (appends > 0) return OptionalLong.of(appends);
            known = log(run).seal();
            goesOn.accept(known);
        }
    }

    @Override
    public RunLog openEnd(RunKey run) {
        return open(run);
    }

    @Override
    public RunLog openWhole(RunKey run) {
        return open(run);
    }

    @Override
    public RunLog open(RunKey run) {
        return log(run).view();
    }

    @Override
    public void compact(RunKey run, long extensions) {
        log(run).seal(extensions);
    }

    @Override
    public void compact(RunLog log) {
        // nothing here is in pieces
    }

    @Override
    public void compactGrown(RunKey run) {
        // nor here
    }

    private Log log(RunKey run) {
        return logs.computeIfAbsent(run, _ -> new Log());
    }

    @Override
    public Optional<PresignedUrl> url(List<RunKey> chain, Duration life) {
        var last = chain.getLast().runId();
        return Optional.of(new PresignedUrl(URI.create("https://logs.test/" + last), life));
    }

    private static final class Log {
        private final List<LogEntry> entries = new ArrayList<>();
        private boolean sealed;
        private long seal;
        private long appends;

        /// How many appends there are with this one; zero if it was refused.
        ///
        /// @param known the seal that the writer may go past
        synchronized long add(List<LogEntry> added, long known) {
            if (sealed && known < seal) return 0;
            sealed = false;
            entries.addAll(added);
            return ++appends;
        }

        synchronized void seal(long extensions) {
            sealed = true;
            seal = Math.max(seal, extensions);
        }

        synchronized long seal() {
            return seal;
        }

        synchronized View view() {
            return new View(List.copyOf(entries));
        }
    }

    private record View(List<LogEntry> all) implements RunLog {
        @Override
        public long entries() {
            return all.size();
        }

        @Override
        public long bytes() {
            return text(all).length;
        }

        @Override
        public InputStream lines() {
            return new ByteArrayInputStream(text(all));
        }

        @Override
        public InputStream linesSince(Instant after) {
            for (int first = 0; first < all.size(); first++) {
                var time = all.get(first).timestamp();
                if (time != null && time.isAfter(after)) {
                    return new ByteArrayInputStream(text(all.subList(first, all.size())));
                }
            }
            return InputStream.nullInputStream();
        }

        private static byte[] text(List<LogEntry> entries) {
            return entries.stream()
                    .map(entry -> entry.json() + "\n")
                    .collect(Collectors.joining())
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
