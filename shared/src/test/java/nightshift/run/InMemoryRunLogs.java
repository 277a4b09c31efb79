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
    private final Map<RunKey, Integer> compacted = new ConcurrentHashMap<>();

    @Override
    public void append(RunKey run, List<LogEntry> entries) {
        logs.merge(
                run,
                List.copyOf(entries),
                (before, added) -> {
                    var longer = new ArrayList<>(before);
                    longer.addAll(added);
                    return List.copyOf(longer);
                });
    }

    @Override
    public RunLog openEnd(RunKey run) {
        return open(run);
    }

    @Override
    public RunLog open(RunKey run) {
        var entries = logs.getOrDefault(run, List.of());
        return new View(
                entries, !entries.isEmpty() && compacted.getOrDefault(run, 0) == entries.size());
    }

    @Override
    public void compact(RunKey run) {
        compacted.put(run, logs.getOrDefault(run, List.of()).size());
    }

    @Override
    public Optional<PresignedUrl> url(List<RunKey> chain, Duration life) {
        chain.forEach(this::compact);
        var last = chain.getLast().runId();
        return Optional.of(new PresignedUrl(URI.create("https://logs.test/" + last), life));
    }

    private record View(List<LogEntry> all, boolean compacted) implements RunLog {
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
