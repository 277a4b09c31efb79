package nightshift.worker.command;

import java.util.Map;
import java.util.regex.Pattern;

/// Redacts credentials in a text.
final class SecretRedactor {
    private static final String MASK = "***";
    private static final int SHORTEST = 6;

    private static final Pattern NAMES =
            Pattern.compile("TOKEN|SECRET|PASSW|CREDENTIAL|(^|_)(KEY|PAT|AUTH)($|_)");

    private static final Pattern IN_URL = Pattern.compile("(://)[^/\\s@'\"]+@");
    private static final Pattern IN_QUERY =
            Pattern.compile("(?i)([?&][\\w-]*(?:token|key|secret|password|signature)=)[^&\\s'\"]+");
    private static final Pattern IN_HEADER = Pattern.compile("(?i)\\b(basic|bearer|token)\\s+\\S+");
    private static final Pattern KNOWN_FORMS =
            Pattern.compile(
                    "\\b(?:gh[a-z]_|github_pat_|glpat-|ph[a-z]_|sk-|xox[a-z]-|AKIA|ASIA)[\\w-]+");

    private SecretRedactor() {}

    /// @param environment variables that may contain secrets
    static String masked(String text, Map<String, String> environment) {
        var result = text;
        for (var variable : environment.entrySet()) {
            var value = variable.getValue();
            if (value.length() >= SHORTEST && NAMES.matcher(variable.getKey()).find()) {
                result = result.replace(value, MASK);
            }
        }
        result = IN_URL.matcher(result).replaceAll("$1" + MASK + "@");
        result = IN_QUERY.matcher(result).replaceAll("$1" + MASK);
        result = IN_HEADER.matcher(result).replaceAll("$1 " + MASK);
        return KNOWN_FORMS.matcher(result).replaceAll(MASK);
    }
}
