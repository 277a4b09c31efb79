package nightshift.cli.plan;

import java.util.HashMap;
import java.util.List;

/// How many lines of a prompt come and go.
final class PromptDifference {
    private PromptDifference() {}

    /// `3 lines added, 1 removed`.
    static String of(String before, String after) {
        List<String> old = before.lines().toList();
        List<String> fresh = after.lines().toList();
        int added = missing(fresh, old);
        int removed = missing(old, fresh);
        return added + removed == 0
                ? "its lines in another order"
                : added + (added == 1 ? " line" : " lines") + " added, " + removed + " removed";
    }

    private static int missing(List<String> these, List<String> those) {
        var counts = new HashMap<String, Integer>();
        those.forEach(line -> counts.merge(line, 1, Integer::sum));
        int missing = 0;
        for (var line : these) {
            if (counts.merge(line, -1, Integer::sum) < 0) {
                missing++;
            }
        }
        return missing;
    }
}
