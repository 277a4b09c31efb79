package nightshift.run;

import java.util.regex.Pattern;

/// What a header can say of a file's content. Clients may call it whatever they like; a header
/// carries printable ASCII.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.5">RFC 9110, field values</a>
public final class ContentType {
    private static final String UNKNOWN = "application/octet-stream";
    private static final Pattern CARRIED = Pattern.compile("[!-~]([ -~]*[!-~])?");

    private ContentType() {}

    /// The type as it was given, or that of any bytes if no header can carry it.
    public static String forHeader(String given) {
        return CARRIED.matcher(given).matches() ? given : UNKNOWN;
    }
}
