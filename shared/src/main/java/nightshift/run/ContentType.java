package nightshift.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/// Media types of files: which a caller may give, and as which a file is served.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1">RFC 9110, media type</a>
public final class ContentType {
    private static final String UNKNOWN = "application/octet-stream";
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final String QUOTED = "\"(?:[\t !#-\\[\\]-~]|\\\\[\t -~])*+\"";
    private static final Pattern MEDIA_TYPE =
            Pattern.compile(
                    TOKEN
                            + "/"
                            + TOKEN
                            + "(?:[ \t]*+;[ \t]*+(?:"
                            + TOKEN
                            + "=(?:"
                            + TOKEN
                            + "|"
                            + QUOTED
                            + "))?+)*+");
    private static final Pattern CHARSET =
            Pattern.compile(";[ \t]*charset=\"?([^\";\\s]*)", Pattern.CASE_INSENSITIVE);

    private ContentType() {}

    /// Whether the text is a media type with its parameters, in ASCII.
    public static boolean isMediaType(String text) {
        return MEDIA_TYPE.matcher(text).matches();
    }

    /// The type as it was given, or that of any bytes if it is no media type. A charset that nobody
    /// knows is left out: storage may refuse it.
    public static String forHeader(String given) {
        if (!isMediaType(given)) return UNKNOWN;
        var charset = CHARSET.matcher(given);
        return charset.find() && !isKnown(charset.group(1))
                ? withoutParameters(given)
                : given.replace('\t', ' ');
    }

    private static boolean isKnown(String charset) {
        try {
            return Charset.isSupported(charset);
        } catch (IllegalCharsetNameException _) {
            return false;
        }
    }

    /// The media type without its parameters, in lower case.
    public static String withoutParameters(String given) {
        return given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /// The type under which a file is to be served: as given, or else by its name; a text names its
    /// encoding if that is UTF-8.
    ///
    /// @param content the file's bytes, read only if it is a text; the caller closes it
    public static String served(String given, String name, InputStream content) throws IOException {
        var type = given.isEmpty() ? byName(name) : forHeader(given);
        boolean open = type.regionMatches(true, 0, "text/", 0, 5) && !CHARSET.matcher(type).find();
        return open && isUtf8(content) ? type.replaceFirst("[ ;]*$", "") + "; charset=utf-8" : type;
    }

    private static String byName(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".md") || lower.endsWith(".markdown")) return "text/markdown";
        return lower.endsWith(".txt") || lower.endsWith(".log") ? "text/plain" : UNKNOWN;
    }

    private static boolean isUtf8(InputStream content) throws IOException {
        var decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        var text = new InputStreamReader(content, decoder);
        var buffer = new char[8192];
        try {
            while (text.read(buffer) >= 0) {
                // only whether it can be read
            }
            return true;
        } catch (CharacterCodingException _) {
            return false;
        }
    }
}
