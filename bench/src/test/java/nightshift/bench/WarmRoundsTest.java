package nightshift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;

class WarmRoundsTest {
    private final WarmRounds rounds = new WarmRounds();

    @Test
    void a_host_that_is_slow_for_half_of_the_rounds_does_not_show() {
        for (int round = 0; round < 9; round++) {
            double slowness = round % 2 == 0 ? 2 : 1;
            rounds.add(1.2 * slowness, 1 + slowness); // a millisecond is waited for
        }
        assertThat(rounds.ratio()).isCloseTo(0.6, withPercentage(1));
    }

    @Test
    void every_round_is_kept_for_another_view() {
        rounds.add(1.2, 2);
        rounds.add(3.1, 2.5);
        assertThat(rounds.json())
                .hasToString("[{\"ms\":1.2,\"bare_ms\":2.0},{\"ms\":3.1,\"bare_ms\":2.5}]");
    }

    @Test
    void without_a_round_there_is_no_ratio() {
        assertThat(rounds.ratio()).isNaN();
    }
}
