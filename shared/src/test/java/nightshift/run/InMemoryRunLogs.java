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
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Logs that live as long as the test.
public final class InMemoryRunLogs implements RunLogs {
    private final Map<RunKey, List<LogEntry>> logs = new ConcurrentHashMap<>();

    /// How many entries of a log are compacted.
    private final Map<RunKey, Integer> compacted = new ConcurrentHashMap<>();

    @Override
    public void append(RunKey run, List<LogEntry> entries, boolean compact) {
        if (entries.isEmpty()) return;
        logs.merge(
                run,
                List.copyOf(entries),
                (log, added) -> {
                    var longer = new ArrayList<>(log);
                    longer.addAll(added);
                    return longer;
                });
        if (compact) compact(run);
    }

    @Override
    public RunLog open(RunKey run) {
        return new View(log(run));
    }

    @Override
    public void compact(RunKey run) {
        compacted.merge(run, log(run).size(), Math::max);
    }

    @Override
    public Optional<PresignedUrl> link(RunKey run, Duration life) {
        boolean whole = compacted.getOrDefault(run, -1) == log(run).size();
        return whole ? url(List.of(run), life) : Optional.empty();
    }

    @Override
    public Optional<PresignedUrl> url(List<RunKey> chain, Duration life) {
        chain.forEach(this::compact);
        var last = chain.getLast().runId();
        return Optional.of(new PresignedUrl(URI.create("https://logs.test/" + last), life));
    }

    private List<LogEntry> log(RunKey run) {
        return logs.getOrDefault(run, List.of());
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
