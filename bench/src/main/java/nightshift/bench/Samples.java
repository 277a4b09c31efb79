package nightshift.bench;

import module java.base;

/// Measurements of one quantity.
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

    double min() {
        return percentile(0);
    }

    double max() {
        return percentile(100);
    }

    /// The percentile, interpolated between two values.
    double percentile(double percent) {
        if (values.isEmpty()) return Double.NaN;
        var sorted = values.stream().sorted().toList();
        double position = percent / 100 * (sorted.size() - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.size() - 1);
        return sorted.get(below) + (position - below) * (sorted.get(above) - sorted.get(below));
    }
}
