package nightshift.notification;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The rules for the URL of a channel.
///
/// What the URL itself shows is checked here, when a channel is written and again before each
/// message. What its name resolves to is checked when a message is sent.
public final class WebhookUrl {
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]+");

    /// Two or more labels. No name ends with a numeric or hexadecimal label: `http://2130706433/`
    /// and `http://0x7f.1/` are ways to write an IPv4 address.
    private static final Pattern NAME =
            Pattern.compile(
                    "(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+(?!0x[0-9a-f]*\\z)(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

    /// Names that mean this machine or this network.
    private static final Pattern INTERNAL_NAME =
            Pattern.compile("(?:.*\\.)?(?:localhost|local|localdomain|internal|lan|home\\.arpa)");

    private static final String OCTET = "(?:0|[1-9][0-9]{0,2})";
    private static final Pattern IPV4 = Pattern.compile("(?:" + OCTET + "\\.){3}" + OCTET);

    /// The URL is refused. The text says why, without the URL.
    public static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        RefusedException(String reason) {
            super(reason);
        }

        /// Why the URL is refused.
        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    private WebhookUrl() {}

    /// The URL in a text, if it may be one of a channel.
    ///
    /// @param exempt hosts that are allowed although they are not public, also by plain `http`
    public static URI parse(String text, Set<String> exempt) throws RefusedException {
        if (!VISIBLE_ASCII.matcher(text).matches()) {
            throw new RefusedException("Enter a valid URL.");
        }
        try {
            var url = new URI(text);
            check(url, exempt);
            return url;
        } catch (URISyntaxException _) {
            throw new RefusedException("Enter a valid URL.");
        }
    }

    /// Refuses a URL that may not be one of a channel.
    ///
    /// @param exempt as in [#parse]
    public static void check(URI url, Set<String> exempt) throws RefusedException {
        if (url.isOpaque() || url.getHost() == null || url.getHost().isEmpty()) {
            throw new RefusedException("Enter a valid URL.");
        }
        if (url.getRawUserInfo() != null) {
            throw new RefusedException("A URL with a user or a password is not allowed.");
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            throw new RefusedException("Enter a valid URL.");
        }
        var scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (exempt.contains(host(url)) && scheme.equals("http")) {
            return;
        }
        if (!scheme.equals("https")) {
            throw new RefusedException("Only https URLs are allowed.");
        }
        if (!exempt.contains(host(url)) && !mayBePublic(host(url))) {
            throw new RefusedException("Only public hosts are allowed.");
        }
    }

    /// The host in lower case; an IPv6 address in brackets.
    public static String host(URI url) {
        return url.getHost().toLowerCase(Locale.ROOT);
    }

    /// Whether a host is a public address, or a name that may have one.
    private static boolean mayBePublic(String host) {
        if (host.startsWith("[")) {
            return isPublicV6(host.substring(1, host.length() - 1));
        }
        if (IPV4.matcher(host).matches()) {
            return isPublic(host);
        }
        return host.length() <= 253
                && NAME.matcher(host).matches()
                && !INTERNAL_NAME.matcher(host).matches();
    }

    private static boolean isPublicV6(String literal) {
        try {
            // The JDK reads an IPv4-mapped address as the IPv4 address.
            return InetAddress.ofLiteral(literal) instanceof Inet6Address address
                    && !literal.contains("%")
                    && PublicAddress.matches(address);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean isPublic(String literal) {
        try {
            return PublicAddress.matches(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException _) { // a number above 255
            return false;
        }
    }
}
