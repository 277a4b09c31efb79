package nightshift.log;

import java.util.List;
import java.util.regex.Pattern;

/// Replaces secrets in a text by `...`, so that an exception's message can be logged.
///
/// It is used on plain values, before they become JSON. A secret may stand in JSON, XML, a URL or a
/// record's text, and these may be escaped or percent-encoded: all of these forms are found.
final class SecretMask {
    private static final String MASK = "$1...";

    private static final String VALUE = "[^\\s\"'&,;<>(){}\\[\\]]++";

    /// Blanks, quotes and opening brackets, also percent-encoded.
    private static final String OPENING =
            "(?:[\"'\\\\\\s+\\[({]|%(?:25){0,2}(?:0A|0D|20|22|27|28|5B|5C|7B)){0,9}+";

    /// What stands between a name and its value, for example `=`, `%3D`, `: ` or `\":[\"`.
    private static final String SEPARATOR =
            OPENING + "(?:[=:>]|%(?:25){0,2}(?:3A|3D|3E)|u003d)" + OPENING;

    /// A DynamoDB attribute's type between a name and its text.
    private static final String ATTRIBUTE =
            "(?:(?:AttributeValue(?:\\(|%28))?S" + SEPARATOR + ")?+";

    /// The header's whole value.
    private static final Pattern AUTHORIZATION =
            pattern("(authorization" + SEPARATOR + ")[^\"'\\r\\n,;\\]})]++");

    private static final Pattern BEARER =
            pattern(
                    "(\\b(?:Bearer|Basic)(?:[\\s+]|%(?:25){0,2}20|\\\\{1,9}u0020){1,9}+)[\\w.~%+/=-]{8,}+");

    private static final Pattern NAMED =
            pattern(
                    "((?:token|signature|secret|secret_?(?:access_?)?key|password|api_?key)(?:-0)?"
                            + SEPARATOR
                            + ATTRIBUTE
                            + ")"
                            + VALUE);

    /// A personal API key or a worker's key.
    private static final Pattern KEY =
            pattern("(ph[xr](?:_|%(?:25){0,2}5F|\\\\{1,9}u005f))[\\w.~%+/=\\\\-]++");

    /// The secret that the messages of a notification channel are signed with.
    private static final Pattern SIGNING_SECRET =
            pattern("(whsec(?:_|%(?:25){0,2}5F|\\\\{1,9}u005f))[\\w.~%+/=\\\\-]++");

    /// The user and password in `https://user:password@host/`.
    private static final Pattern USER_INFO =
            pattern("((?::|%3A)(?:\\\\{0,9}+/|%2F){2})[^/\\s@%\"']++(?=@|%40)");

    /// An HMAC-SHA256 in hexadecimal: every claim token and every signature is one.
    private static final Pattern HMAC = pattern("()[0-9a-f]{64,}+");

    private static final List<Pattern> SECRETS =
            List.of(AUTHORIZATION, BEARER, NAMED, KEY, SIGNING_SECRET, USER_INFO, HMAC);

    private SecretMask() {}

    static String mask(String text) {
        var masked = text;
        for (var secret : SECRETS) {
            masked = secret.matcher(masked).replaceAll(MASK);
        }
        return masked;
    }

    /// The value of a field; all of it is masked if the field's name says that it is a secret.
    static String mask(String name, String value) {
        var field = name + "=x";
        return NAMED.matcher(field).find() || AUTHORIZATION.matcher(field).find()
                ? "..."
                : mask(value);
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
