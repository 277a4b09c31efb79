package nightshift.run;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/// What every `RunLogs` does.
public interface RunLogsContract {
    RunLogs logs();

    @Test
    default void a_log_that_nobody_wrote_is_empty() {
        var run = run();
        logs().compact(run);
        var log = logs().open(run);
        assertThat(log.entries()).isZero();
        assertThat(log.bytes()).isZero();
        assertThat(text(log.lines())).isEmpty();
        assertThat(text(log.linesSince(Instant.EPOCH))).isEmpty();
        assertThat(text(logs().open(run).lines())).isEmpty();
        assertThat(logs().open(run()).entries()).isZero();
    }

    @Test
    default void keeps_entries_as_they_are_and_in_order() {
        var run = run();
        append(run, entry("{\"b\": 1,  \"a\":\"é😀\"}", null), entry("{}", null));
        append(run);
        append(run, entry("{\"c\":3}", null));
        var log = logs().open(run);
        String whole = "{\"b\": 1,  \"a\":\"é😀\"}\n{}\n{\"c\":3}\n";
        assertThat(text(log.lines())).isEqualTo(whole);
        assertThat(log.entries()).isEqualTo(3);
        assertThat(log.bytes()).isEqualTo(whole.getBytes(UTF_8).length);
    }

    @Test
    default void keeps_runs_apart() {
        var one = run();
        var other = new RunKey(one.projectId() + 1, one.taskId(), one.runId());
        append(one, entry("{\"of\":1}", null));
        append(other, entry("{\"of\":2}", null));
        assertThat(text(logs().open(one).lines())).isEqualTo("{\"of\":1}\n");
        assertThat(text(logs().open(other).lines())).isEqualTo("{\"of\":2}\n");
    }

    @Test
    default void compaction_changes_nothing_that_can_be_read_and_late_appends_follow() {
        var run = run();
        append(run, 0, 5);
        logs().compact(run);
        append(run, 5, 8);
        assertThat(text(logs().open(run).lines())).isEqualTo(numbered(0, 8));
        assertThat(logs().open(run).entries()).isEqualTo(8);
        logs().compact(run);
        logs().compact(run);
        assertThat(text(logs().open(run).lines())).isEqualTo(numbered(0, 8));
        assertThat(logs().open(run).bytes()).isEqualTo(numbered(0, 8).length());
        append(run, 8, 9);
        assertThat(text(logs().open(run).lines())).isEqualTo(numbered(0, 9));
    }

    @Test
    default void a_view_stays_what_it_was() {
        var run = run();
        append(run, 0, 3);
        var early = logs().open(run);
        append(run, 3, 5);
        var middle = logs().open(run);
        logs().compact(run);
        append(run, 5, 6);
        logs().compact(run);
        assertThat(text(early.lines())).isEqualTo(numbered(0, 3));
        assertThat(text(middle.lines())).isEqualTo(numbered(0, 5));
        assertThat(middle.entries()).isEqualTo(5);
    }

    @Test
    default void lines_since_a_time_hold_every_later_one_and_end_where_the_log_ends() {
        var random = new Random(7);
        var run = run();
        var times = new ArrayList<@Nullable Instant>();
        for (int batch = 0; batch < 20; batch++) {
            var entries = new ArrayList<LogEntry>();
            for (int line = 0; line < 3; line++) {
                int n = times.size();
                // about in order, some without a time
                var time =
                        random.nextInt(5) == 0
                                ? null
                                : Instant.ofEpochSecond(100L * batch + random.nextInt(150));
                times.add(time);
                entries.add(entry("{\"n\":" + n + "}", time));
            }
            logs().append(run, entries, false);
            if (batch == 11) logs().compact(run);
        }
        String whole = text(logs().open(run).lines());
        for (int after = -50; after < 2200; after += 50) {
            var since = Instant.ofEpochSecond(after);
            String lines = text(logs().open(run).linesSince(since));
            assertThat(whole).endsWith(lines);
            for (int n = 0; n < times.size(); n++) {
                var time = times.get(n);
                if (time != null && time.isAfter(since))
                    assertThat(lines).contains("{\"n\":" + n + "}\n");
            }
        }
        assertThat(text(logs().open(run).linesSince(Instant.ofEpochSecond(9999)))).isEmpty();
    }

    @Test
    default void loses_doubles_and_reorders_nothing_under_writers_readers_and_compactors()
            throws Exception {
        int writers = 6;
        int batches = 25;
        var run = run();
        var writing = new AtomicBoolean(true);
        try (var threads = Executors.newCachedThreadPool()) {
            var watching = new ArrayList<Future<?>>();
            for (int reader = 0; reader < 3; reader++) {
                watching.add(
                        threads.submit(() -> {
                            String before = "";
                            while (writing.get()) {
                                var log = logs().open(run);
                                String now = text(log.lines());
                                assertThat(now).startsWith(before).hasSize((int) log.bytes());
                                before = now;
                            }
                        }));
            }
            for (int compactor = 0; compactor < 2; compactor++) {
                watching.add(
                        threads.submit(() -> {
                            while (writing.get()) logs().compact(run);
                        }));
            }
            var appending = new ArrayList<Future<?>>();
            for (int w = 0; w < writers; w++) {
                int writer = w;
                appending.add(
                        threads.submit(() -> {
                            for (int batch = 0; batch < batches; batch++) {
                                logs().append(
                                                run,
                                                List.of(
                                                        line(writer, batch, 0),
                                                        line(writer, batch, 1)),
                                                batch % 5 == 0);
                            }
                        }));
            }
            try {
                for (var done : appending) done.get();
            } finally {
                writing.set(false);
            }
            for (var done : watching) done.get();
        }
        for (boolean compact : List.of(false, true)) {
            if (compact) logs().compact(run);
            var lines = text(logs().open(run).lines()).lines().toList();
            assertThat(lines).hasSize(writers * batches * 2);
            for (int w = 0; w < writers; w++) {
                var expected = new ArrayList<String>();
                for (int batch = 0; batch < batches; batch++) {
                    expected.add(line(w, batch, 0).json());
                    expected.add(line(w, batch, 1).json());
                }
                String mine = "{\"w\":" + w + ",";
                assertThat(lines).filteredOn(line -> line.startsWith(mine)).isEqualTo(expected);
            }
            assertThat(logs().open(run).entries()).isEqualTo(lines.size());
        }
    }

    @Test
    default void a_log_that_is_one_object_has_a_link_until_it_goes_on() {
        var run = run();
        var life = Duration.ofMinutes(5);
        assertThat(logs().link(run, life)).isEmpty();
        logs().compact(run);
        assertThat(logs().link(run, life)).isPresent();
        append(run, 0, 5);
        assertThat(logs().link(run, life)).isEmpty();
        logs().compact(run);
        assertThat(logs().link(run, life).orElseThrow().expiresIn()).isEqualTo(life);
        append(run, 5, 6);
        assertThat(logs().link(run, life)).isEmpty();
        assertThat(logs().url(List.of(run), life)).isPresent();
        assertThat(logs().link(run, life)).isPresent();
        assertThat(text(logs().open(run).lines())).isEqualTo(numbered(0, 6));
    }

    /// A run that nobody else uses.
    static RunKey run() {
        return new RunKey(7, UUID.randomUUID(), UUID.randomUUID());
    }

    static LogEntry entry(String json, @Nullable Instant time) {
        return new LogEntry(json, time);
    }

    static String text(InputStream lines) {
        try (lines) {
            return new String(lines.readAllBytes(), UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void append(RunKey run, int from, int to) {
        for (int n = from; n < to; n++) append(run, entry("{\"n\":" + n + "}", null));
    }

    private void append(RunKey run, LogEntry... entries) {
        logs().append(run, List.of(entries), false);
    }

    private static String numbered(int from, int to) {
        var lines = new StringBuilder();
        for (int n = from; n < to; n++) lines.append("{\"n\":").append(n).append("}\n");
        return lines.toString();
    }

    private static LogEntry line(int writer, int batch, int line) {
        return entry("{\"w\":" + writer + ",\"batch\":" + batch + ",\"line\":" + line + "}", null);
    }
}
