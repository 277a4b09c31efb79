package nightshift.functions.logs;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

class EagerLogsTest {
    private final Ports ports = Ports.inMemory();
    private final TestProject project = new TestProject(ports);
    private final TaskRun run = project.run(project.task("task").id());
    private final LinkedBlockingQueue<String> done = new LinkedBlockingQueue<>();
    private final EagerLogs logs = new EagerLogs(new Noted());

    @Test
    void a_log_is_opened_before_the_row_is_there() throws InterruptedException {
        for (int time = 0; time < 2; time++) {
            try (var opening = logs.begin(run.key())) {
                assertThat(next()).isEqualTo("open");
                opening.open(run).close();
                assertThat(next()).isEqualTo("close");
            }
        }
        assertThat(done).isEmpty();
    }

    @Test
    void a_log_that_was_seen_to_be_one_object_is_opened_as_that() throws InterruptedException {
        var ended = ended();
        for (var how : List.of("open", "openWhole", "openWhole")) {
            try (var opening = logs.begin(run.key())) {
                assertThat(next()).isEqualTo(how);
                opening.open(ended);
            }
        }
        assertThat(done).isEmpty();
    }

    @Test
    void a_log_that_went_on_behind_its_object_is_opened_again() throws InterruptedException {
        logs.begin(run.key()).open(ended());
        assertThat(next()).isEqualTo("open");
        ports.runs().logExtended(run.key(), 0);
        try (var opening = logs.begin(run.key())) {
            assertThat(next()).isEqualTo("openWhole");
            opening.open(found());
            assertThat(next()).isEqualTo("open");
        }
        assertThat(next()).isEqualTo("close");
        try (var opening = logs.begin(run.key())) {
            assertThat(next()).isEqualTo("open");
            opening.open(found());
        }
        assertThat(done).isEmpty();
    }

    /// It may have been opened before that compaction, and without what came before it.
    @Test
    void a_log_that_went_on_and_was_compacted_again_is_opened_again() throws InterruptedException {
        logs.begin(run.key()).open(ended());
        assertThat(next()).isEqualTo("open");
        ports.runs().logExtended(run.key(), 0);
        ports.runs().logCompacted(run.key(), 1);
        try (var opening = logs.begin(run.key())) {
            assertThat(next()).isEqualTo("openWhole");
            opening.open(found());
            assertThat(next()).isEqualTo("openWhole");
        }
        assertThat(next()).isEqualTo("close");
        assertThat(done).isEmpty();
    }

    @Test
    void the_end_of_a_log_is_opened_before_the_row_is_there() throws InterruptedException {
        for (var seen : List.of(run, ended())) {
            try (var opening = logs.follow(run.key())) {
                assertThat(next()).isEqualTo("openEnd");
                opening.open(seen);
            }
        }
        assertThat(done).isEmpty();
    }

    @Test
    void a_log_is_closed_when_there_is_no_row() throws InterruptedException {
        logs.begin(run.key()).close();
        assertThat(next()).isEqualTo("open");
        assertThat(next()).isEqualTo("close");
    }

    /// The run when its log is one object.
    private TaskRun ended() {
        ports.runs().logCompacted(run.key(), run.logExtended());
        return found();
    }

    private TaskRun found() {
        return ports.runs().find(run.key()).orElseThrow();
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
        public void compactGrown(RunKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<PresignedUrl> url(List<RunKey> chain, Duration life) {
            throw new UnsupportedOperationException();
        }
    }
}
