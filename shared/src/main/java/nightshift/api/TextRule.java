package nightshift.api;

/// What a text field must be like.
///
/// @param longest in characters (code points) after trimming
/// @param largest in bytes of UTF-8 after trimming
public record TextRule(boolean nullable, boolean blankAllowed, int longest, int largest) {
    /// Neither null nor blank.
    public static TextRule filled() {
        return new TextRule(false, false, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    public TextRule orNull() {
        return new TextRule(true, blankAllowed, longest, largest);
    }

    public TextRule orBlank() {
        return new TextRule(nullable, true, longest, largest);
    }

    /// With at most so many characters.
    public TextRule atMost(int characters) {
        return new TextRule(nullable, blankAllowed, characters, largest);
    }

    /// With at most so many bytes of UTF-8.
    public TextRule inBytes(int bytes) {
        return new TextRule(nullable, blankAllowed, longest, bytes);
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
