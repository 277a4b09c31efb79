package nightshift.cli.files;

import java.util.Locale;

/// Makes texts equal that the API takes for equal.
public final class Texts {
    private Texts() {}

    /// Without white space at its ends.
    public static String trim(String text) {
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

    /// A prompt with the line ends of Unix, whatever git has made of them.
    public static String prompt(String text) {
        return trim(text.replace("\r\n", "\n"));
    }

    /// A repository as the API stores it.
    public static String repository(String text) {
        String name = trim(text).toLowerCase(Locale.ROOT);
        while (name.endsWith(".git")) {
            name = name.substring(0, name.length() - ".git".length());
        }
        return name;
    }
}
