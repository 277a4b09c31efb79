package nightshift.cli.api;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;

import org.jspecify.annotations.Nullable;

/// The API refused a call.
public final class ApiRefusalException extends CliException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    ApiRefusalException(int status, JsonNode body) {
        super(
                status == 401 ? ExitCode.NOT_SIGNED_IN : ExitCode.REFUSED,
                words(status, body),
                next(status, body.path("code").asText("")));
        this.status = status;
        this.code = body.path("code").asText("");
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// The error's code; empty if the answer has none.
    public String code() {
        return code;
    }

    private static String words(int status, JsonNode body) {
        var words = body.path("detail").asText(body.path("error").asText(""));
        var field = body.path("attr").asText("");
        if (words.isEmpty()) {
            return "The API answered " + status + ".";
        }
        return field.isEmpty() || field.equals("null") ? words : field + ": " + words;
    }

    private static @Nullable String next(int status, String code) {
        return switch (status) {
            case 401 -> "Run `nightshift login`, or set NIGHTSHIFT_KEY to a key that is in force.";
            case 403 ->
                    "Use a key with this scope and project; `nightshift doctor` shows what this key may do.";
            case 404 ->
                    "`nightshift ls` shows what there is; `nightshift doctor` checks project and address.";
            case 409 ->
                    code.equals("run_in_progress")
                            ? "Wait for it, or stop it with `nightshift cancel`."
                            : "Try again.";
            case 412 ->
                    "It was changed meanwhile. Look at it with `nightshift show`, then try again.";
            case 429 -> "Try again in a minute.";
            default -> status >= 500 ? "Try again; if it stays so, run `nightshift doctor`." : null;
        };
    }
}
