package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Concurrent writers and readers of one log. It checks that the log has each acknowledged line
/// exactly once, with each writer's lines in order, and that each read is a prefix of every later
/// one.
final class ConcurrentLogLoad {
    private static final int READERS = 4;

    private final ApiClient client;
    private final String run;
    private final int writers;
    private final int batches;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicBoolean writing = new AtomicBoolean(true);

    ConcurrentLogLoad(ApiClient client, String run, int writers, int batches) {
        this.client = client;
        this.run = run;
        this.writers = writers;
        this.batches = batches;
    }

    /// The number of appends that were answered with 200.
    int answered() {
        return answered.get();
    }

    /// The number of reads of the whole log.
    int reads() {
        return reads.get();
    }

    /// Runs the writers and readers until all lines are written.
    void run() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reading = readers(threads);
            var all = new ArrayList<Future<?>>();
            for (int w = 0; w < writers; w++) {
                int writer = w;
                all.add(threads.submit(() -> write(writer)));
            }
            try {
                for (var written : all) written.get();
            } finally {
                writing.set(false);
            }
            for (var read : reading) assertPrefix(read.get(), log());
        }
    }

    /// Checks that the final log has each line exactly once.
    void assertWhole() {
        var lines = new String(log(), UTF_8).lines().toList();
        assertThat(lines).hasSize(writers * batches * 2);
        for (int w = 0; w < writers; w++) {
            var expected = new ArrayList<String>();
            for (int n = 0; n < batches; n++) expected.addAll(batch(w, n));
            String mine = "{\"w\":" + w + ",";
            assertThat(lines.stream().filter(line -> line.startsWith(mine)).toList())
                    .isEqualTo(expected);
        }
        for (int n = 0; n < lines.size(); n += 2) { // the lines of a batch stay together
            assertThat(lines.get(n + 1)).isEqualTo(lines.get(n).replace("\"l\":0", "\"l\":1"));
        }
    }

    private List<Future<byte[]>> readers(ExecutorService threads) {
        var reading = new ArrayList<Future<byte[]>>();
        for (int reader = 0; reader < READERS; reader++) reading.add(threads.submit(this::read));
        return reading;
    }

    /// Reads the log each time that it has grown by a twentieth. Returns the last read.
    private byte[] read() {
        var before = new byte[0];
        for (int wanted = 0; writing.get(); ) {
            if (answered.get() < wanted) {
                LockSupport.parkNanos(1_000_000);
                continue;
            }
            wanted = answered.get() + writers * batches / 20;
            var now = log();
            assertPrefix(before, now);
            before = now;
            reads.incrementAndGet();
        }
        return before;
    }

    private void write(int writer) {
        for (int n = 0; n < batches; n++) {
            client.append(run, batch(writer, n).toArray(String[]::new));
            if (answered.incrementAndGet() == writers * batches / 2) {
                client.patched(run, "{\"status\": \"completed\"}");
            }
        }
    }

    private byte[] log() {
        return client.log(run).getBytes(UTF_8);
    }

    private static List<String> batch(int writer, int number) {
        var line = "{\"w\":" + writer + ",\"n\":" + number + ",\"l\":";
        return List.of(line + "0}", line + "1}");
    }

    private static void assertPrefix(byte[] earlier, byte[] later) {
        assertThat(later.length).isGreaterThanOrEqualTo(earlier.length);
        assertThat(Arrays.mismatch(earlier, Arrays.copyOf(later, earlier.length))).isEqualTo(-1);
    }
}
