package nightshift.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;

/// Random JSON with a taste for the odd: huge numbers, lone surrogates, names that look like
/// fields.
public final class RandomJson {
    private static final String[] TEXTS = {
        "", " ", "true", "f", "0", "7", "-1.0", "a", "\0", "\ud800", "\udc00x", "😀", "\u00a0",
        "e\u0301"
    };
    private static final String[] NUMBERS = {
        "0", "1", "1.0", "-0.0", "1E400", "-1E-400", "1E9999", "12345678901234567890.5", "0.1"
    };

    private RandomJson() {}

    /// A tree of at most this depth; equal for equal states of `random`.
    public static JsonNode tree(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0 -> NullNode.instance;
            case 1 -> BooleanNode.valueOf(random.nextBoolean());
            case 2 -> LongNode.valueOf(random.nextLong() >> random.nextInt(64));
            case 3 -> DecimalNode.valueOf(new BigDecimal(pick(random, NUMBERS)));
            case 4 ->
                    random.nextInt(4) == 0
                            ? BigIntegerNode.valueOf(new BigInteger(900, random))
                            : TextNode.valueOf(pick(random, TEXTS));
            case 5 -> TextNode.valueOf(pick(random, TEXTS).repeat(random.nextInt(5)));
            case 6 -> {
                var list = Json.array();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(tree(random, depth - 1));
                }
                yield list;
            }
            default -> {
                var object = Json.object();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.set(
                            random.nextBoolean() ? "f" : pick(random, TEXTS),
                            tree(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static String pick(Random random, String[] from) {
        return from[random.nextInt(from.length)];
    }
}
