package nightshift.functions.site;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.Rehearsal;
import nightshift.functions.lambda.Resources;
import nightshift.functions.lambda.Wiring;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// `GET /api/docs/`: the API's description as a page to read and try, for everyone. The page asks
/// for its scripts and styles by `?file=`, so one route serves it under every host and stage and
/// nothing comes from elsewhere.
public final class RetrieveDocs extends Endpoint {
    private static final String PAGE = "index.html";

    /// The files that there are, by name, with their types.
    private static final Map<String, String> FILES =
            Map.of(
                    PAGE,
                    "text/html; charset=utf-8",
                    "docs.js",
                    "text/javascript; charset=utf-8",
                    "docs.css",
                    "text/css; charset=utf-8",
                    "swagger-ui-bundle.js",
                    "text/javascript; charset=utf-8",
                    "swagger-ui-bundle.js.LICENSE.txt",
                    "text/plain; charset=utf-8",
                    "swagger-ui.css",
                    "text/css; charset=utf-8");

    private static final String NOTHING_FOREIGN =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    /// The function as Lambda makes it.
    public RetrieveDocs() {
        super((call, _) -> call, Scope.NONE);
        Rehearsal.beforeSnapshot(System.getenv());
    }

    /// The function made of other parts. It needs none.
    public RetrieveDocs(Wiring wiring) {
        this();
    }

    @Override
    protected Reply answer(Call call) {
        var asked = call.query("file");
        var name = asked == null ? PAGE : asked;
        var type = FILES.get(name);
        if (type == null) {
            throw ApiException.notFound();
        }
        var file = Resources.bytes("docs/" + name);
        var reply =
                WebFile.takesGzip(call.header("Accept-Encoding"))
                        ? Reply.bytes(type, WebFile.gzip(file)).with("Content-Encoding", "gzip")
                        : Reply.text(type, new String(file, StandardCharsets.UTF_8));
        return reply.with("Vary", "Accept-Encoding")
                .with("Cache-Control", "public, max-age=" + (name.equals(PAGE) ? 300 : 86_400))
                .with("Content-Security-Policy", NOTHING_FOREIGN)
                .with("X-Content-Type-Options", "nosniff");
    }
}
