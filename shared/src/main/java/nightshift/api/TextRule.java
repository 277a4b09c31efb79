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
}
