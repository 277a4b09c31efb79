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
import java.util.Objects;

/// Applies [LoopbackCheck] in S3Proxy's own Jetty, before S3Proxy handles a request. It also
/// refuses requests without a signature, as a bucket that blocks public access does.
final class S3LoopbackFilter extends Handler.Wrapper {
    /// A body of at most this many bytes is read before its request is handled. An answer that is
    /// sent before the body was read closes the connection, and the client, still sending, gets a
    /// broken pipe in place of the answer. AWS's own S3 reads on.
    private static final int READ_FIRST = 65_536;

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
        var refusal =
                LoopbackCheck.refusal(
                        authority(request.getHttpURI()),
                        request.getHeaders()::getValuesList,
                        Request.getLocalPort(request));
        if (refusal == null && !isSigned(request)) refusal = "Access Denied";
        if (refusal == null) return super.handle(request, response, callback);
        var body = "<Error><Code>AccessDenied</Code><Message>" + refusal + "</Message></Error>";
        response.setStatus(403);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/xml");
        response.write(true, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), callback);
        return true;
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
