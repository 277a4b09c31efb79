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
    void dies_with_its_run() {
        for (var status : RunStatus.values()) {
            assertThat(opens(key, run.with(status, CLAIMED), CLAIMED))
                    .as("%s", status)
                    .isEqualTo(!status.terminal());
        }
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
