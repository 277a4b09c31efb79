package nightshift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;

class SamplesTest {
    private final Samples samples = new Samples();

    @Test
    void the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        for (double value : new double[] {40, 10, 30, 20}) samples.add(value);
        assertThat(samples.median()).isEqualTo(25);
        assertThat(samples.min()).isEqualTo(10);
        assertThat(samples.max()).isEqualTo(40);
    }

    @Test
    void a_percentile_lies_between_its_neighbours() {
        for (int value = 0; value <= 200; value++) samples.add(value);
        assertThat(samples.percentile(99)).isEqualTo(198, offset(1e-9));
    }

    @Test
    void one_sample_is_its_own_median_and_none_has_none() {
        assertThat(samples.median()).isNaN();
        samples.add(7);
        assertThat(samples.median()).isEqualTo(7);
        assertThat(samples.percentile(99)).isEqualTo(7);
    }
}
