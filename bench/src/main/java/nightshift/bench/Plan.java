package nightshift.bench;

import java.util.Map;
import java.util.Set;

/// What a run of the benchmark is to measure.
///
/// @param rounds how often each function is started; the first round is dropped
/// @param warmCalls how many calls of a warm function are counted
/// @param functions only these, and the two that all are compared with; empty: all
/// @param parts of `cold`, `growth` and `load`
/// @param javaToolOptions instead of the template's; empty: the template's
record Plan(
        int rounds,
        int warmCalls,
        Set<String> functions,
        Set<String> parts,
        String javaToolOptions) {

    /// From variables that begin with `NIGHTSHIFT_BENCH_`.
    static Plan of(Map<String, String> environment) {
        return new Plan(
                number(environment, "ROUNDS", 10),
                number(environment, "WARM_CALLS", 50),
                words(environment, "FUNCTIONS", ""),
                words(environment, "PARTS", "cold,growth,load"),
                environment.getOrDefault("NIGHTSHIFT_BENCH_JAVA_TOOL_OPTIONS", ""));
    }

    /// The one that also calls each function again, when it is warm; those of one AWS call are in
    /// every round.
    int warmRound() {
        return rounds / 2 + 1;
    }

    boolean includes(String function) {
        return functions.isEmpty() || functions.contains(function);
    }

    private static int number(Map<String, String> environment, String name, int otherwise) {
        var value = environment.get("NIGHTSHIFT_BENCH_" + name);
        return value == null || value.isBlank() ? otherwise : Integer.parseInt(value.strip());
    }

    private static Set<String> words(
            Map<String, String> environment, String name, String otherwise) {
        var value = environment.getOrDefault("NIGHTSHIFT_BENCH_" + name, otherwise).strip();
        return value.isEmpty() ? Set.of() : Set.of(value.split("\\s*,\\s*"));
    }
}
