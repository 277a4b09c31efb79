package nightshift.cli.api;

import nightshift.cli.text.CliException;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// Finds out where the API is and which key to use: options first, then the environment, then the
/// profile.
public final class Caller {
    private Caller() {}

    /// Finds the connection.
    ///
    /// @param url from the command line, or null
    /// @param project from the command line, or null
    /// @param profile from the command line, or null
    public static Connection connection(
            @Nullable String url,
            @Nullable String project,
            @Nullable String profile,
            Map<String, String> environment) {
        String name = profile == null ? variable(environment, "NIGHTSHIFT_PROFILE") : profile;
        String key = variable(environment, "NIGHTSHIFT_KEY");
        String address = url == null ? variable(environment, "NIGHTSHIFT_URL") : url;
        String id = project == null ? variable(environment, "NIGHTSHIFT_PROJECT") : project;
        Connection stored = key != null && address != null ? null : stored(name, environment);
        if (stored == null && (address == null || key == null)) {
            throw CliException.notSignedIn(
                    address == null ? "No API is known." : "There is no key for " + address + ".");
        }
        var chosen = address == null ? stored(stored).url() : Connection.address(address);
        if (key == null && !chosen.equals(stored(stored).url())) {
            throw CliException.notSignedIn( // the stored key is another API's
                    "There is no key for " + chosen + ".");
        }
        return new Connection(
                chosen,
                key == null ? stored(stored).key() : key,
                id == null ? stored == null ? "1" : stored.project() : Connection.projectId(id));
    }

    private static Connection stored(@Nullable Connection stored) {
        if (stored == null) {
            throw CliException.notSignedIn("Nobody is signed in.");
        }
        return stored;
    }

    private static @Nullable Connection stored(
            @Nullable String name, Map<String, String> environment) {
        var file = ConfigFile.of(environment);
        var stored = file.profile(name);
        if (stored == null && name != null) {
            throw CliException.notSignedIn(
                    "There is no profile \"" + name + "\" in " + file.path() + ".");
        }
        return stored;
    }

    /// A variable that is set and not empty.
    public static @Nullable String variable(Map<String, String> environment, String name) {
        var value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
