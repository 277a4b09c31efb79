package nightshift.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

/// The warm calls of a function beside those of a bare GetItem, round for round.
final class WarmRounds {
    private final Samples ratios = new Samples();
    private final ArrayNode rounds = JsonNodeFactory.instance.arrayNode();

    /// Adds the median calls of a round, made in turns, in milliseconds.
    void add(double own, double bare) {
        ratios.add(own / bare);
        rounds.addObject().put("ms", Samples.rounded(own)).put("bare_ms", Samples.rounded(bare));
    }

    /// What the function's median call takes for one of the bare GetItem's; not a number if there
    /// was no round.
    ///
    /// The lower sixth of the rounds' ratios, as in [Ratios]. A slower moment does add to a ratio:
    /// of the bare GetItem's time the JDK waits for a millisecond, which no host makes longer.
    double ratio() {
        return ratios.lowerSixth();
    }

    ArrayNode json() {
        return rounds;
    }
}
