package nightshift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import nightshift.bench.Ratios.Time;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

class RatiosTest {
    private static final int FUNCTIONS = 40;
    private static final int ROUNDS = 9;

    private final Random random = new Random(1);

    @Test
    void a_host_that_drifts_and_jumps_by_half_does_not_show() {
        var ratios = Ratios.to("0", measuredOnAHostThatChanges());
        for (int function = 0; function < FUNCTIONS; function++) {
            assertThat(ratios.get(Integer.toString(function)))
                    .as("function %d", function)
                    .isCloseTo(ratio(function), withPercentage(3));
        }
    }

    @Test
    void a_function_that_takes_a_tenth_does_not_make_its_moment_fast() {
        var times = new ArrayList<Time>();
        for (int round = 0; round < ROUNDS; round++) {
            for (var name : List.of("bare", "empty", "a", "b", "c", "d")) {
                times.add(new Time(name, name.equals("empty") ? 140 : 1_400));
            }
        }
        var ratios = Ratios.to("bare", times);
        assertThat(ratios.get("empty")).isCloseTo(0.1, withPercentage(0.1));
        assertThat(ratios.get("d")).isCloseTo(1, withPercentage(0.1));
    }

    @Test
    void nothing_measured_has_no_ratios() {
        assertThat(Ratios.to("bare", List.of())).isEmpty();
    }

    private List<Time> measuredOnAHostThatChanges() {
        var order = new ArrayList<Integer>();
        for (int function = 0; function < FUNCTIONS; function++) order.add(function);
        var times = new ArrayList<Time>();
        double slowness = 1;
        for (int round = 0; round < ROUNDS; round++) {
            Collections.shuffle(order, random);
            for (int function : order) {
                slowness *= Math.exp(random.nextGaussian(0, 0.005));
                double jumped = times.size() % 100 < 50 ? 1 : 1.5;
                double hit = random.nextDouble() < 0.1 ? random.nextDouble(1.1, 1.4) : 1;
                double noise = Math.exp(random.nextGaussian(0, 0.01));
                times.add(
                        new Time(
                                Integer.toString(function),
                                1_000 * ratio(function) * slowness * jumped * hit * noise));
            }
        }
        return times;
    }

    private static double ratio(int function) {
        return 1 + function / 100.0;
    }
}
