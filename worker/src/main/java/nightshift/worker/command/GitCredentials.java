package nightshift.worker.command;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/// Gives git the token of the variable `GITHUB_TOKEN` for the server of the repositories, by a
/// credential helper. The token is in no URL, on no command line and in no configuration: git calls
/// the helper, which is a function of the shell, and it prints the variable.
public final class GitCredentials {
    /// The variable with the token.
    public static final String TOKEN = "GITHUB_TOKEN";

    /// GitHub's user name for tokens.
    static final String USER = "x-access-token";

    private static final String HELPER =
            "!f() { if test \"$1\" = get; then printf 'username=%s\\npassword=%s\\n' "
                    + USER
                    + " \"$"
                    + TOKEN
                    + "\"; fi; }; f";

    private GitCredentials() {}

    /// The variables for git: configuration that is written into no file.
    ///
    /// @param repositories the URL prefix of `organization/repository`
    /// @param secrets the variables of the command
    public static Map<String, String> variables(String repositories, Map<String, String> secrets) {
        if (!secrets.containsKey(TOKEN) || !repositories.matches("https?://.+")) {
            return Map.of();
        }
        var url = URI.create(repositories);
        var key = "credential.%s://%s.helper".formatted(url.getScheme(), url.getRawAuthority());
        var variables = new HashMap<String, String>();
        variables.put("GIT_CONFIG_COUNT", "2");
        variables.put("GIT_CONFIG_KEY_0", key); // an empty one first: others would store the token
        variables.put("GIT_CONFIG_VALUE_0", "");
        variables.put("GIT_CONFIG_KEY_1", key);
        variables.put("GIT_CONFIG_VALUE_1", HELPER);
        return Map.copyOf(variables);
    }
}
