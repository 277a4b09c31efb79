package nightshift.functions;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.run.Ids;
import nightshift.run.LogEntry;
import nightshift.run.PresignedUrl;
import nightshift.run.RunKey;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;
import nightshift.run.TaskRun;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

class LiveLogsTest {
    private final Ports ports = Ports.inMemory();
    private final TestProject project = new TestProject(ports);
    private final TaskRun run = project.run(project.task("task").id());
    private final LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();
    private final LiveLogs live = at(Duration.ofHours(3));

    @Test
    void a_log_that_went_on_is_opened_before_the_row_is_there() throws InterruptedException {
        try (var opening = live.begin(run.key())) {
            assertThat(done).isEmpty(); // nothing is known of the run yet, but that it is old
            opening.open(run);
            assertThat(next()).isEqualTo("open");
        }
        try (var opening = live.begin(run.key())) {
            assertThat(next()).isEqualTo("open");
            opening.open(run).close();
            assertThat(next()).isEqualTo("close");
        }
        assertThat(done).isEmpty();
    }

    @Test
    void what_was_opened_of_a_run_that_has_ended_is_closed_and_not_opened_again()
            throws InterruptedException {
        try (var opening = live.begin(run.key())) {
            opening.open(run);
            assertThat(next()).isEqualTo("open");
        }
        assertBegunForNothingOnceAfterTheEnd(live);
    }

    @Test
    void the_log_of_a_young_run_is_opened_before_the_row_is_there_until_it_has_ended()
            throws InterruptedException {
        var early = at(Duration.ofMinutes(119));
        early.begin(run.key()).open(run);
        assertThat(next()).isEqualTo("open");
        assertBegunForNothingOnceAfterTheEnd(early);
    }

    @Test
    void the_end_of_a_log_is_always_opened_before_the_row_is_there() throws InterruptedException {
        for (var seen : List.of(run, ended())) {
            try (var opening = live.follow(run.key())) {
                assertThat(next()).isEqualTo("openEnd");
                opening.open(seen);
            }
        }
        assertThat(done).isEmpty();
    }

    @Test
    void a_log_is_closed_when_there_is_no_row() throws InterruptedException {
        try (var opening = live.begin(run.key())) {
            opening.open(run);
        }
        live.begin(run.key()).close();
        assertThat(next()).isEqualTo("open");
        assertThat(next()).isEqualTo("open");
        assertThat(next()).isEqualTo("close");
    }

    private void assertBegunForNothingOnceAfterTheEnd(LiveLogs live) throws InterruptedException {
        var ended = ended();
        try (var opening = live.begin(run.key())) {
            assertThat(next()).isEqualTo("open");
            opening.open(ended);
            assertThat(next()).isEqualTo("openWhole");
        }
        assertThat(next()).isEqualTo("close");
        try (var opening = live.begin(run.key())) {
            opening.open(ended);
            assertThat(next()).isEqualTo("openWhole");
        }
        assertThat(done).isEmpty();
    }

    /// The run when its log is one object.
    private TaskRun ended() {
        ports.runs().logCompacted(run.key(), run.logExtended());
        return ports.runs().find(run.key()).orElseThrow();
    }

    /// So long after the run was made.
    private LiveLogs at(Duration age) {
        var made = Ids.time(run.id());
        return new LiveLogs(new Noted(), Clock.fixed(made.plus(age), ZoneOffset.UTC));
    }

    private String next() throws InterruptedException {
        return String.valueOf(done.poll(10, TimeUnit.SECONDS));
    }

    /// Logs that tell what is done with them.
    private final class Noted implements RunLogs {
        @Override
        public RunLog open(RunKey key) {
            return opened("open");
        }

        @Override
        public RunLog openWhole(RunKey key) {
            return opened("openWhole");
        }

        private RunLog opened(String how) {
            done.add(how);
            return new RunLog() {
                @Override
                public long entries() {
                    return 0;
                }

                @Override
                public long bytes() {
                    return 0;
                }

                @Override
                public InputStream lines() {
                    return InputStream.nullInputStream();
                }

                @Override
                public InputStream linesSince(Instant after) {
                    return InputStream.nullInputStream();
                }

                @Override
                public void close() {
                    done.add("close");
                }
            };
        }

        @Override
        public RunLog openEnd(RunKey key) {
            return opened("openEnd");
        }

        @Override
        public OptionalLong append(RunKey key, List<LogEntry> entries, LongConsumer goesOn) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void compact(RunKey key, long extensions) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void compact(RunLog log) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<PresignedUrl> url(List<RunKey> chain, Duration life) {
            throw new UnsupportedOperationException();
        }
    }
}
