package nightshift.functions.site;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Resources;
import nightshift.functions.lambda.Wiring;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/// `GET /console/` and the files that the page loads, for everyone. The page calls the API with the
/// key of its user. `GET /` sends a browser there.
public final class RetrieveConsole extends Endpoint {
    private static final String PAGE = "index.html";

    /// What the page writes where the console's own path belongs, which depends on the stage.
    private static final String OWN_PATH = "{console}";

    private static final Pattern FILE =
            Pattern.compile("(?:[a-z-]+/){0,2}(?:[a-z-]+\\.(?:css|js)|LICENSE)");
    private static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9/._~-]*");
    private static final Pattern WEIGHT =
            Pattern.compile("\\s*[qQ]\\s*=\\s*([01](?:\\.[0-9]{0,3})?)\\s*");
    private static final Map<String, String> TYPES =
            Map.of("css", "text/css", "html", "text/html", "js", "text/javascript");

    private final String policy;

    /// The function as Lambda makes it.
    public RetrieveConsole() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveConsole(Wiring wiring) {
        super((call, _) -> call, Scope.NONE);
        this.policy =
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                        + (" connect-src 'self' " + origin(wiring.bucketUrl()) + ";")
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    @Override
    protected Reply answer(Call call) {
        if (call.resource().equals("/")) {
            if (!prefersHtml(call)) {
                throw ApiException.notFound("Endpoint not found.");
            }
            return Reply.redirect(302, URI.create(call.baseUrl() + "/console/"))
                    .with("Vary", "Accept");
        }
        var asked = call.variable("proxy").replaceFirst("/$", "");
        var file = asked.isEmpty() ? page(call) : WebFile.of(bytes(asked), type(asked));
        return file.reply(call)
                // Asked for again each time, so that a page never mixes the files of two versions.
                .with("Cache-Control", "no-cache")
                .with("Content-Security-Policy", policy)
                .with("Cross-Origin-Opener-Policy", "same-origin")
                .with("Referrer-Policy", "no-referrer")
                .with("X-Content-Type-Options", "nosniff");
    }

    private static WebFile page(Call call) {
        var stage = call.baseUrl().replaceFirst("^https?://[^/]*", "");
        if (!PLAIN_PATH.matcher(stage).matches()) {
            throw ApiException.notFound("Endpoint not found.");
        }
        var page = new String(Resources.bytes("console/" + PAGE), StandardCharsets.UTF_8);
        return WebFile.of(
                page.replace(OWN_PATH, stage + "/console").getBytes(StandardCharsets.UTF_8),
                type(PAGE));
    }

    private static byte[] bytes(String file) {
        if (!FILE.matcher(file).matches() || !Resources.has("console/" + file)) {
            throw ApiException.notFound("Endpoint not found.");
        }
        return Resources.bytes("console/" + file);
    }

    private static String type(String file) {
        var type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
        return (type == null ? "text/plain" : type) + "; charset=utf-8";
    }

    /// Whether the client wants HTML more than JSON. It must name HTML, as browsers do.
    private static boolean prefersHtml(Call call) {
        var accepted = call.header("Accept");
        return accepted != null
                && Math.max(
                                quality(accepted, "text/html"),
                                quality(accepted, "application/xhtml+xml"))
                        > quality(accepted, "application/json");
    }

    /// How much a client wants a media type that it names; 0 if it does not name it.
    private static double quality(String accepted, String type) {
        for (var range : accepted.split(",", -1)) {
            var parts = range.split(";", -1);
            if (!parts[0].strip().equalsIgnoreCase(type)) continue;
            for (int i = 1; i < parts.length; i++) {
                var weight = WEIGHT.matcher(parts[i]);
                if (weight.matches()) return Double.parseDouble(weight.group(1));
            }
            return 1;
        }
        return 0;
    }

    private static String origin(URI url) {
        return url.getScheme() + "://" + url.getAuthority();
    }
}
