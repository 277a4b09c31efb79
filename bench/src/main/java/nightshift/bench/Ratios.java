package nightshift.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// How many times as long as one function the others take, whatever the host's speed was just then.
///
/// Tukey's median polish. The logarithm of a time is what its function makes it, what its moment
/// adds, and a rest. What a moment adds is how far the times next to it are above their functions';
/// what a function makes is what its times are without what their moments added. Each follows from
/// the other, so both are found in turns. In place of the median stands the lower sixth, because
/// what disturbs a single start only ever adds: of what was tried it made two runs most alike.
///
/// @see <a href="https://en.wikipedia.org/wiki/Median_polish">Median polish</a>
final class Ratios {
    /// So many times before, and as many after, say how fast the host was.
    private static final int NEIGHBORS = 8;

    private static final int TURNS = 10;

    private Ratios() {}

    /// How long a function took once.
    record Time(String function, double millis) {
        private double log() {
            return Math.log(millis);
        }
    }

    /// The ratio of each function to this one.
    ///
    /// @param times in the order in which they were measured
    static Map<String, Double> to(String reference, List<Time> times) {
        var functions = functions(times, new double[times.size()]);
        for (int turn = 0; turn < TURNS; turn++) {
            functions = functions(times, moments(times, functions));
        }
        double one = functions.getOrDefault(reference, Double.NaN);
        functions.replaceAll((_, log) -> Math.exp(log - one));
        return functions;
    }

    private static Map<String, Double> functions(List<Time> times, double[] moments) {
        var logs = new LinkedHashMap<String, Samples>();
        for (int i = 0; i < moments.length; i++) {
            var time = times.get(i);
            logs.computeIfAbsent(time.function(), _ -> new Samples()).add(time.log() - moments[i]);
        }
        var functions = new LinkedHashMap<String, Double>();
        logs.forEach((function, samples) -> functions.put(function, samples.lowerSixth()));
        return functions;
    }

    private static double[] moments(List<Time> times, Map<String, Double> functions) {
        var moments = new double[times.size()];
        for (int i = 0; i < moments.length; i++) {
            int last = Math.min(i + NEIGHBORS, moments.length - 1);
            var added = new Samples();
            for (int near = Math.max(i - NEIGHBORS, 0); near <= last; near++) {
                var time = times.get(near);
                if (near != i) {
                    added.add(time.log() - Objects.requireNonNull(functions.get(time.function())));
                }
            }
            moments[i] = added.lowerSixth();
        }
        return moments;
    }
}
