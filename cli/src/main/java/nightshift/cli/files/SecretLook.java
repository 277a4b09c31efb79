package nightshift.cli.files;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds what looks like a secret. Files are in a repository: a secret does not belong there.
final class SecretLook {
    private static final Pattern TOKEN =
            Pattern.compile(
                    "\\b(?:ph[xr]_[A-Za-z0-9]{16,}"
                            + "|gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}"
                            + "|sk-[A-Za-z0-9_-]{20,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"
                            + "|(?:AKIA|ASIA)[A-Z0-9]{16}\\b"
                            + "|xox[abeprs]-[A-Za-z0-9-]{10,}|whsec_[A-Za-z0-9+/=]{16,}"
                            + "|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|AIza[A-Za-z0-9_-]{30,}"
                            + "|eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]+)"
                            + "|-----BEGIN [A-Z ]*PRIVATE KEY-----"
                            + "|hooks\\.slack\\.com/services/[A-Za-z0-9/]{10,}"
                            + "|[a-z][a-z0-9+.-]{1,20}://[^\\s/:@]{1,100}:[^\\s/@$]{3,200}@");
    private static final Pattern SECRET_NAME =
            Pattern.compile(
                    "(?:.*_)?(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_KEY|CREDENTIALS?)");

    private SecretLook() {}

    /// Where the first one begins.
    static Optional<Integer> in(String text) {
        Matcher matcher = TOKEN.matcher(text);
        return matcher.find() ? Optional.of(matcher.start()) : Optional.empty();
    }

    /// Whether a variable of this name is for a secret.
    static boolean isSecretName(String variable) {
        return SECRET_NAME.matcher(variable.toUpperCase(Locale.ROOT)).matches();
    }
}
