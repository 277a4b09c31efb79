package nightshift.cli.api;

import nightshift.cli.text.CliException;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/// Where the API is, the caller's key, and the project.
public record Connection(URI url, String key, String project) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /// Without the key: records print all that they hold.
    @Override
    public String toString() {
        return url + " project " + project;
    }

    /// Reads the API's address. A key travels over plain HTTP only within this machine.
    public static URI address(String text) {
        URI url;
        try {
            url = new URI(text.strip().replaceFirst("/+$", ""));
        } catch (URISyntaxException notAnAddress) {
            throw notAnAddress(text);
        }
        if (url.getHost() == null || url.getUserInfo() != null || url.getQuery() != null) {
            throw notAnAddress(text);
        }
        String scheme = ("" + url.getScheme()).toLowerCase(Locale.ROOT);
        boolean local = LOOPBACK.contains(url.getHost().toLowerCase(Locale.ROOT));
        if (!scheme.equals("https") && !(scheme.equals("http") && local)) {
            throw CliException.usage(
                    url + " would carry the key unencrypted.", "Use an address with https.");
        }
        return url;
    }

    private static CliException notAnAddress(String text) {
        return CliException.usage(
                "\"" + text + "\" is not the address of an API.",
                "It looks like https://abc123.execute-api.eu-central-1.amazonaws.com/prod.");
    }

    /// Reads a project's id.
    public static String projectId(String text) {
        if (!text.matches("[1-9][0-9]{0,17}|@current")) {
            throw CliException.usage(
                    "\"" + text + "\" is not the id of a project.", "It is a number, such as 1.");
        }
        return text;
    }
}
