package nightshift.worker.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// Masks secrets in a text: each line of each value, also in the forms in which programs print it.
public final class SecretValues {
    /// No secrets.
    public static final SecretValues NONE = new SecretValues(List.of());

    private static final String MASK = "***";

    /// Shorter values would mask parts of other words.
    private static final int SHORTEST = 5;

    private final List<String> forms;

    /// @param values the secrets
    public SecretValues(Collection<String> values) {
        var all =
                new TreeSet<>(
                        Comparator.comparingInt(String::length)
                                .reversed()
                                .thenComparing(Comparator.<String>naturalOrder()));
        for (var value : values) {
            for (var line : (value + "\n" + value.strip()).split("\\R", -1)) {
                addForms(all, line);
            }
        }
        forms = List.copyOf(all);
    }

    private static void addForms(Collection<String> all, String line) {
        if (line.length() < SHORTEST) {
            return;
        }
        var basic = GitCredentials.USER + ":" + line; // as HTTP sends it
        all.add(line);
        all.add(URLEncoder.encode(line, UTF_8));
        all.add(line.replace("\\", "\\\\").replace("\"", "\\\"")); // as JSON writes it
        all.add(Base64.getEncoder().withoutPadding().encodeToString(line.getBytes(UTF_8)));
        all.add(Base64.getEncoder().withoutPadding().encodeToString(basic.getBytes(UTF_8)));
    }

    /// The text with masks, the longest forms first.
    public String masked(String text) {
        var masked = text;
        for (var form : forms) {
            masked = masked.replace(form, MASK);
        }
        return masked;
    }

    /// How many characters of an unfinished text can be passed on, so that no secret is cut in two.
    int safeLength(CharSequence text) {
        if (forms.isEmpty()) {
            return text.length();
        }
        var all = text.toString();
        int safe = all.length();
        for (var form : forms) {
            for (int cut = Math.min(form.length() - 1, all.length()); cut > 0; cut--) {
                if (all.endsWith(form.substring(0, cut))) {
                    safe = Math.min(safe, all.length() - cut);
                    break;
                }
            }
        }
        return beforeSecrets(all, safe);
    }

    /// The same, but before all secrets that such a cut would cut.
    private int beforeSecrets(String text, int cut) {
        for (var form : forms) {
            int from = Math.max(0, cut - form.length() + 1);
            int found = text.indexOf(form, from);
            if (found >= 0 && found < cut && found + form.length() > cut) {
                return beforeSecrets(text, found);
            }
        }
        return cut;
    }
}
