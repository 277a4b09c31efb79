package nightshift.local;

import org.gaul.s3proxy.S3Proxy;
import org.gaul.shaded.org.eclipse.jetty.http.HttpHeader;
import org.gaul.shaded.org.eclipse.jetty.http.HttpURI;
import org.gaul.shaded.org.eclipse.jetty.server.Handler;
import org.gaul.shaded.org.eclipse.jetty.server.Request;
import org.gaul.shaded.org.eclipse.jetty.server.Response;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// The check in S3Proxy's own Jetty, before S3Proxy sees a request: see [LoopbackCheck]. Requests
/// without a signature are refused as well, as by a bucket that blocks public access.
final class S3LoopbackFilter extends Handler.Wrapper {
    /// Puts the check into a server that has not been started. S3Proxy offers no other way in.
    static void install(S3Proxy proxy) throws ReflectiveOperationException {
        var server = S3Proxy.class.getDeclaredField("server");
        server.setAccessible(true);
        ((Server) server.get(proxy)).insertHandler(new S3LoopbackFilter());
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

    /// Whether there is a signature at all; S3Proxy checks it. A form carries its own in the body.
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
