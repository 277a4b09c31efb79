package nightshift.functions.schemas;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;

import java.util.ArrayDeque;

/// The regular expressions of one schema, matched by RE2 in linear time.
///
/// RE2 has no backtracking, so it has no lookaround and no backreferences. What is specific to ECMA
/// 262 and has an equivalent is translated.
final class LinearPatterns implements RegularExpressionFactory {
    /// Instructions in all patterns of a schema. A text costs at most so many steps per character.
    private static final int MOST_INSTRUCTIONS = 20_000;

    private final Deadline deadline;
    private long instructions;

    LinearPatterns(Deadline deadline) {
        this.deadline = deadline;
    }

    /// @throws UnusableSchemaException if RE2 does not understand the pattern, or it is too large
    @Override
    public RegularExpression getRegularExpression(String regex) {
        deadline.check();
        var translated = translated(regex);
        // counted before compilation, which would already need the memory
        instructions += PatternSize.of(translated);
        if (instructions > MOST_INSTRUCTIONS) {
            throw new UnusableSchemaException("its patterns are too large");
        }
        var pattern = compiled(regex, translated);
        return text -> pattern.matcher(new TimedText(text, deadline)).find();
    }

    private static Pattern compiled(String regex, String translated) {
        try {
            return Pattern.compile(translated);
        } catch (PatternSyntaxException refused) {
            throw new UnusableSchemaException(
                    "the pattern \"%s\" is no regular expression that RE2 matches in linear time (%s); RE2 has no lookaround and no backreferences"
                            .formatted(shortened(regex), shortened(refused.getDescription())));
        }
    }

    /// A character by its four hexadecimal digits is `\x{0041}` in RE2, `(?<name>` is `(?P<name>`.
    private static String translated(String regex) {
        var translated = new StringBuilder(regex.length());
        for (int i = 0; i < regex.length(); i++) {
            char unit = regex.charAt(i);
            if (unit == '\\' && i + 1 < regex.length()) {
                char escaped = regex.charAt(++i);
                var hex = escaped == 'u' ? hex(regex, i + 1) : "";
                if (escaped == 'Q') {
                    throw new UnusableSchemaException(
                            "the pattern \"" + shortened(regex) + "\" has the unknown escape \\Q");
                }
                translated.append(hex.isEmpty() ? "\\" + escaped : "\\x{" + hex + "}");
                i += hex.length();
            } else if (unit == '('
                    && regex.startsWith("(?<", i)
                    && !regex.startsWith("(?<=", i)
                    && !regex.startsWith("(?<!", i)) {
                translated.append("(?P<");
                i += 2;
            } else {
                translated.append(unit);
            }
        }
        return translated.toString();
    }

    /// Four hexadecimal digits at a place, or nothing.
    private static String hex(String regex, int start) {
        var digits = regex.substring(start, Math.min(regex.length(), start + 4));
        return digits.matches("[0-9a-fA-F]{4}") ? digits : "";
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    /// How large the program of a pattern gets: a counted repetition is a copy for each count.
    private static final class PatternSize {
        private final ArrayDeque<Long> groups = new ArrayDeque<>();
        private long sum;
        private long last;

        static long of(String regex) {
            return new PatternSize().read(regex);
        }

        private long read(String regex) {
            int i = 0;
            while (i < regex.length()) {
                switch (regex.charAt(i)) {
                    case '\\' -> {
                        atom(1);
                        i++;
                    }
                    case '[' -> {
                        atom(1);
                        i = endOfClass(regex, i);
                    }
                    case '(' -> {
                        groups.push(sum);
                        sum = 0;
                        last = 0;
                    }
                    case ')' -> {
                        long group = sum + 2;
                        sum = groups.isEmpty() ? 0 : groups.pop();
                        atom(group);
                    }
                    case '{' -> repeat(regex, i);
                    default -> atom(1);
                }
                i++;
            }
            while (!groups.isEmpty()) sum += groups.pop();
            return sum + 2;
        }

        private void atom(long size) {
            last = size;
            sum += size;
        }

        private void repeat(String regex, int open) {
            int close = regex.indexOf('}', open);
            var counts = close < 0 ? "" : regex.substring(open + 1, close);
            if (!counts.matches("[0-9]{1,4}(,[0-9]{0,4})?")) {
                atom(1);
                return;
            }
            long most = 1;
            for (var count : counts.split(",", 2)) {
                if (!count.isEmpty()) most = Math.max(most, Long.parseLong(count));
            }
            long repeated = Math.min(last * (most + 1), Integer.MAX_VALUE);
            sum += repeated - last;
            last = repeated;
        }

        private static int endOfClass(String regex, int open) {
            int i = open + 1;
            if (i < regex.length() && regex.charAt(i) == '^') i++;
            if (i < regex.length() && regex.charAt(i) == ']') i++;
            while (i < regex.length() && regex.charAt(i) != ']') {
                if (regex.charAt(i) == '\\') i++;
                int named = regex.startsWith("[:", i) ? regex.indexOf(":]", i) : -1;
                i = named < 0 ? i + 1 : named + 2;
            }
            return i;
        }
    }

    /// A text that ends the matching when the time is over.
    private record TimedText(CharSequence text, Deadline deadline) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            deadline.check();
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new TimedText(text.subSequence(start, end), deadline);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
