package nightshift.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Measurements of one thing.
final class Samples {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    void addAll(Samples others) {
        values.addAll(others.values);
    }

    int count() {
        return values.size();
    }

    double median() {
        return percentile(50);
    }

    /// The value below which a sixth of the others lies.
    double lowerSixth() {
        return percentile(100 / 6.0);
    }

    double least() {
        return percentile(0);
    }

    double most() {
        return percentile(100);
    }

    /// The value below which so many percent of the others lie, between two of them if need be.
    double percentile(double percent) {
        if (values.isEmpty()) return Double.NaN;
        var sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        double position = percent / 100 * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("median", rounded(median()))
                .put("lower_quartile", rounded(percentile(25)))
                .put("min", rounded(least()))
                .put("max", rounded(most()))
                .put("p99", rounded(percentile(99)))
                .put("count", count());
    }

    /// To a thousandth, for JSON, which has no word for what is not a number: that is zero.
    static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
