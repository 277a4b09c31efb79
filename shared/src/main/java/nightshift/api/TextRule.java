package nightshift.api;

/// What a text field must be like.
///
/// @param longest in characters (code points) after trimming
/// @param largest in bytes of UTF-8 after trimming
/// @param trimmed whether the space at its ends is left out
public record TextRule(
        boolean nullable, boolean blankAllowed, int longest, int largest, boolean trimmed) {
    /// Neither null nor blank.
    public static TextRule filled() {
        return new TextRule(false, false, Integer.MAX_VALUE, Integer.MAX_VALUE, true);
    }

    public TextRule orNull() {
        return new TextRule(true, blankAllowed, longest, largest, trimmed);
    }

    public TextRule orBlank() {
        return new TextRule(nullable, true, longest, largest, trimmed);
    }

    /// With at most so many characters.
    public TextRule atMost(int characters) {
        return new TextRule(nullable, blankAllowed, characters, largest, trimmed);
    }

    /// With at most so many bytes of UTF-8.
    public TextRule inBytes(int bytes) {
        return new TextRule(nullable, blankAllowed, longest, bytes, trimmed);
    }

    /// With the space at its ends.
    public TextRule untrimmed() {
        return new TextRule(nullable, blankAllowed, longest, largest, false);
    }

    /// The text without space at its ends. Space is what Unicode and the contract's origin mean by
    /// it, which is more than [Character#isWhitespace].
    static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && space(text.charAt(start))) {
            start++;
        }
        while (end > start && space(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean space(char unit) {
        return Character.isWhitespace(unit) || Character.isSpaceChar(unit) || unit == '\u0085';
    }
}
