package nightshift.text;

import java.util.regex.Pattern;

/// The text of a UUID.
public final class UuidText {
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private UuidText() {}

    /// Whether a text is a UUID as the API prints them, in any case.
    ///
    /// `UUID.fromString` alone is not the test: it accepts shorter groups, too.
    public static boolean matches(String text) {
        return UUID_TEXT.matcher(text).matches();
    }
}
