package nightshift.local;

import org.gaul.s3proxy.S3Proxy;
import org.gaul.shaded.org.eclipse.jetty.http.HttpHeader;
import org.gaul.shaded.org.eclipse.jetty.http.HttpURI;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.server.handler.EagerContentHandler;
import org.gaul.shaded.org.eclipse.jetty.server.handler.EagerContentHandler.RetainedContentLoaderFactory;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/// Applies [LoopbackCheck] in S3Proxy's own Jetty, before S3Proxy handles a request. It also
/// refuses requests without a signature, as a bucket that blocks public access does. A page of
/// another port of this machine may read what a signed URL opens, as the bucket's CORS rule says.
final class S3LoopbackFilter extends Handler.Wrapper {
    /// A body of at most this many bytes is read before its request is handled. An answer that is
    /// sent before the body was read closes the connection, and the client, still sending, gets a
    /// broken pipe in place of the answer. AWS's own S3 reads on.
    private static final int READ_FIRST = 65_536;

    private static final Pattern THIS_MACHINE =
            Pattern.compile("http://(?:localhost|127\\.0\\.0\\.1|\\[::1\\])(?::[0-9]{1,5})?");

    /// Installs the filter in a server that is not started yet. S3Proxy has no API for this.
    static void install(S3Proxy proxy) throws ReflectiveOperationException {
        var field = S3Proxy.class.getDeclaredField("server");
        field.setAccessible(true);
        var server = (Server) field.get(proxy);
        server.insertHandler(new S3LoopbackFilter());
        server.insertHandler(
                new EagerContentHandler(new RetainedContentLoaderFactory(READ_FIRST, -1, false)));
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        var reader = readingPage(request);
        var refusal =
                LoopbackCheck.refusal(
                        authority(request.getHttpURI()),
                        name ->
                                reader != null && name.equals("Origin")
                                        ? List.of()
                                        : request.getHeaders().getValuesList(name),
                        Request.getLocalPort(request));
        if (refusal == null && !isSigned(request)) refusal = "Access Denied";
        if (refusal == null) {
            if (reader != null) {
                response.getHeaders().put("Access-Control-Allow-Origin", reader);
                response.getHeaders().put(HttpHeader.VARY, "Origin");
            }
            return super.handle(request, response, callback);
        }
        var body = "<Error><Code>AccessDenied</Code><Message>" + refusal + "</Message></Error>";
        response.setStatus(403);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/xml");
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
        return true;
    }

    /// The origin of a page of this machine that reads with a signed URL; else null.
    private static @Nullable String readingPage(Request request) {
        var origins = request.getHeaders().getValuesList(HttpHeader.ORIGIN);
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        return reads
                        && query(request).contains("X-Amz-Signature=")
                        && origins.size() == 1
                        && THIS_MACHINE.matcher(origins.getFirst()).matches()
                ? origins.getFirst()
                : null;
    }

    private static @Nullable String authority(HttpURI uri) {
        return uri.getUser() == null ? uri.getAuthority() : uri.getUser() + "@";
    }

    /// Whether the request has a signature. S3Proxy verifies it. A form has its signature in the
    /// body.
    private static boolean isSigned(Request request) {
        return request.getHeaders().contains(HttpHeader.AUTHORIZATION)
                || query(request).contains("X-Amz-Signature=")
                || isForm(request);
    }

    private static boolean isForm(Request request) {
        var type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return request.getMethod().equals("POST")
                && type != null
                && type.startsWith("multipart/form-data");
    }

    private static String query(Request request) {
        @Nullable String query = request.getHttpURI().getQuery();
        return Objects.requireNonNullElse(query, "");
    }
}
