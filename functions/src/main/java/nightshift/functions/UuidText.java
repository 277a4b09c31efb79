package nightshift.functions;

import java.util.regex.Pattern;

/// Whether a text is a UUID as the API prints them, in any case.
final class UuidText {
    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private UuidText() {}

    static boolean matches(String text) {
        return UUID_TEXT.matcher(text).matches();
    }
}
