package nightshift.functions.runs;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

class WorkerKeyTest {
    private static final Instant CLAIMED = Instant.parse("2026-01-01T10:00:00Z");
    private static final Duration DAY = Duration.ofHours(24);

    private final TaskRun run =
            TaskRun.start(
                    new RunKey(1, new UUID(2, 3), new UUID(4, 5)),
                    RunStatus.IN_PROGRESS,
                    RunEnvironment.CLOUD,
                    null,
                    "{}",
                    null,
                    null,
                    null,
                    "signing",
                    CLAIMED);
    private final String key = WorkerKey.of(run, CLAIMED).text();

    @Test
    void lives_for_a_day() {
        assertThat(opens(key, run, CLAIMED)).isTrue();
        assertThat(opens(key, run, CLAIMED.plus(DAY).minusSeconds(1))).isTrue();
        assertThat(opens(key, run, CLAIMED.plus(DAY))).isFalse();
    }

    @Test
    void dies_with_its_run_and_when_that_is_queued_again() {
        for (var status : RunStatus.values()) {
            var changed = run.with(status, CLAIMED);
            assertThat(opens(key, changed, CLAIMED))
                    .as("%s", status)
                    .isEqualTo(!status.terminal() && status != RunStatus.QUEUED);
            var reopened = changed.with(RunStatus.IN_PROGRESS, CLAIMED);
            assertThat(opens(key, reopened, CLAIMED))
                    .as("%s, then in progress", status)
                    .isEqualTo(opens(key, changed, CLAIMED));
        }
    }

    @Test
    void names_a_project_of_any_id() {
        for (long id : new long[] {1, 123_456_789_012_345_678L, Long.MAX_VALUE}) {
            var other = new RunKey(id, new UUID(2, 3), new UUID(4, 5));
            var text = key.replace("phr_1.", "phr_" + id + ".");
            assertThat(WorkerKey.parse(text).map(WorkerKey::run)).contains(other);
        }
        assertThat(WorkerKey.parse(key.replace("phr_1.", "phr_9999999999999999999."))).isEmpty();
    }

    @Test
    void cannot_be_altered_in_any_character() {
        for (int i = 0; i < key.length(); i++) {
            var altered = new StringBuilder(key);
            altered.setCharAt(i, key.charAt(i) == '1' ? '2' : '1');
            assertThat(opens(altered.toString(), run, CLAIMED)).as("%s", altered).isFalse();
        }
    }

    /// As the gatekeeper asks: a key that names another run is held against that one.
    private static boolean opens(String text, TaskRun run, Instant now) {
        return WorkerKey.parse(text)
                .filter(key -> key.run().equals(run.key()) && key.valid(run, now))
                .isPresent();
    }
}
