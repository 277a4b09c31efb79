package nightshift.local;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Decides which requests a port of the local run accepts. A web page can send requests to
/// 127.0.0.1 through the browser, and can rebind its own host name to that address (DNS rebinding).
///
/// A request must name this machine and this port, and must not come from a page of another origin.
///
/// @see <a href="https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header">Fetch Metadata:
///   Sec-Fetch-Site</a>
final class LoopbackCheck {
    private static final Pattern OWN_NAME =
            Pattern.compile(
                    "(?:localhost|127\\.0\\.0\\.1|\\[::1\\])(?::(?<port>[0-9]{1,5}))?",
                    Pattern.CASE_INSENSITIVE);
    private static final Set<String> OWN_SITE = Set.of("same-origin", "same-site", "none");
    private static final int DEFAULT_PORT = 80;

    private LoopbackCheck() {}

    /// Returns why a request is refused, or null if it is accepted.
    ///
    /// @param target the authority in the request line, or null
    /// @param headers returns all values of a header
    /// @param port the local port of the connection
    static @Nullable String refusal(
            @Nullable String target, Function<String, List<String>> headers, int port) {
        var hosts = headers.apply("Host");
        if (hosts.size() != 1 || !isOwn(hosts.getFirst(), port)) {
            return "The Host header must be localhost, 127.0.0.1 or [::1], with port " + port + ".";
        }
        if (target != null && !isOwn(target, port)) {
            return "The request line names another host than this one.";
        }
        var own = "http://" + hosts.getFirst();
        if (!headers.apply("Origin").stream().allMatch(own::equalsIgnoreCase)) {
            return "Requests from pages of another origin are refused.";
        }
        if (!OWN_SITE.containsAll(headers.apply("Sec-Fetch-Site"))) {
            return "Requests from pages of another site are refused.";
        }
        return null;
    }

    private static boolean isOwn(String authority, int port) {
        var own = OWN_NAME.matcher(authority);
        if (!own.matches()) return false;
        var named = own.group("port");
        return port == (named == null ? DEFAULT_PORT : Integer.parseInt(named));
    }
}
