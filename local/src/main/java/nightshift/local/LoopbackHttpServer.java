package nightshift.local;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;

/// An HTTP server on the loopback interface. Port 0 takes a free port.
final class LoopbackHttpServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LoopbackHttpServer.class.getName());

    /// A request as received. The body is truncated one byte after the limit.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Request(
            String method,
            String path,
            String query,
            List<Header> headers,
            byte[] body,
            String address) {
        String header(String name) {
            return Header.first(headers, name);
        }
    }

    /// A header field.
    record Header(String name, String value) {
        /// The first value of a header, by a case-insensitive name, or an empty string.
        static String first(List<Header> headers, String name) {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .findFirst()
                    .orElse("");
        }
    }

    /// An answer; the server adds the length.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Response(int status, List<Header> headers, byte[] body) {
        /// Closes the connection without an answer.
        static final Response DROPPED = new Response(0, List.of(), new byte[0]);

        String header(String name) {
            return Header.first(headers, name);
        }
    }

    /// Answers the requests of a port.
    @FunctionalInterface
    interface Service {
        Response answer(Request request);

        /// The answer to a malformed request.
        default Response malformed(int status) {
            return new Response(status, List.of(), new byte[0]);
        }
    }

    private final Server server;
    private final int port;

    private LoopbackHttpServer(Server server, int port) {
        this.server = server;
        this.port = port;
    }

    static LoopbackHttpServer serve(int port, int largestBody, Service service) {
        var adapter = new Adapter(service, largestBody);
        return serve(
                port,
                adapter,
                (request, response, callback) -> {
                    adapter.send(
                            service.malformed(response.getStatus()), request, response, callback);
                    return true;
                });
    }

    static LoopbackHttpServer serve(int port, Handler handler) {
        return serve(port, handler, null);
    }

    private static LoopbackHttpServer serve(
            int port, Handler handler, org.eclipse.jetty.server.Request.@Nullable Handler errors) {
        var pool = new QueuedThreadPool();
        pool.setDaemon(true);
        pool.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        var server = new Server(pool);
        var http = new HttpConfiguration();
        http.setHeaderCacheCaseSensitive(true); // `bearer` is not `Bearer`
        http.setUriCompliance(UriCompliance.UNSAFE); // the service itself refuses invalid paths
        http.setSendServerVersion(false);
        var connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        connector.setPort(port);
        server.addConnector(connector);
        server.setHandler(new LoopbackFilter(handler));
        if (errors != null) server.setErrorHandler(errors);
        server.setStopTimeout(0);
        try {
            server.start();
        } catch (Exception failed) {
            throw new IllegalStateException("Port " + port + " cannot be opened.", failed);
        }
        return new LoopbackHttpServer(server, connector.getLocalPort());
    }

    /// The port, also after it was closed: a stand-in is started again where it was.
    int port() {
        return port;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failed) {
            LOG.log(Level.WARNING, "a port did not close", failed);
        }
    }

    /// Refuses requests from web pages: see [LoopbackCheck].
    private static final class LoopbackFilter extends Handler.Wrapper {
        private LoopbackFilter(Handler handler) {
            super(handler);
        }

        @Override
        public boolean handle(
                org.eclipse.jetty.server.Request request,
                org.eclipse.jetty.server.Response response,
                Callback callback)
                throws Exception {
            var refusal =
                    LoopbackCheck.refusal(
                            authority(request.getHttpURI()),
                            request.getHeaders()::getValuesList,
                            org.eclipse.jetty.server.Request.getLocalPort(request));
            if (refusal == null) return super.handle(request, response, callback);
            response.setStatus(403);
            response.getHeaders().put("Content-Type", "application/json");
            Content.Sink.write(response, true, "{\"message\":\"" + refusal + "\"}", callback);
            return true;
        }

        private static @Nullable String authority(HttpURI uri) {
            return uri.getUser() == null ? uri.getAuthority() : uri.getUser() + "@";
        }
    }

    private static final class Adapter extends Handler.Abstract {
        private final Service service;
        private final int largestBody;

        private Adapter(Service service, int largestBody) {
            super(InvocationType.BLOCKING);
            this.service = service;
            this.largestBody = largestBody;
        }

        @Override
        public boolean handle(
                org.eclipse.jetty.server.Request request,
                org.eclipse.jetty.server.Response response,
                Callback callback)
                throws Exception {
            send(service.answer(read(request)), request, response, callback);
            return true;
        }

        private void send(
                Response answer,
                org.eclipse.jetty.server.Request request,
                org.eclipse.jetty.server.Response response,
                Callback callback) {
            if (answer.equals(Response.DROPPED)) {
                request.getConnectionMetaData().getConnection().getEndPoint().close();
                callback.failed(new IOException("the connection is dropped"));
                return;
            }
            response.setStatus(answer.status());
            for (var header : answer.headers()) {
                response.getHeaders().add(header.name(), header.value());
            }
            boolean silent = request.getMethod().equals("HEAD");
            if (answer.status() != 204 && answer.status() != 304) {
                response.getHeaders().put("Content-Length", answer.body().length);
            }
            response.write(
                    true, java.nio.ByteBuffer.wrap(silent ? new byte[0] : answer.body()), callback);
        }

        private Request read(org.eclipse.jetty.server.Request request) throws IOException {
            var uri = request.getHttpURI();
            return new Request(
                    request.getMethod(),
                    Objects.requireNonNullElse(uri.getPath(), "/"),
                    Objects.requireNonNullElse(uri.getQuery(), ""),
                    request.getHeaders().stream()
                            .map(field -> new Header(field.getName(), value(field)))
                            .toList(),
                    body(request),
                    org.eclipse.jetty.server.Request.getRemoteAddr(request));
        }

        private static String value(HttpField field) {
            return Objects.requireNonNullElse(field.getValue(), "");
        }

        /// Reads the body to its end, so that a client with a too large body still receives the
        /// answer.
        private byte[] body(org.eclipse.jetty.server.Request request) throws IOException {
            var kept = new ByteArrayOutputStream();
            try (var input = Content.Source.asInputStream(request)) {
                var buffer = new byte[65_536];
                for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                    kept.write(buffer, 0, Math.min(read, largestBody + 1 - kept.size()));
                }
            }
            return kept.toByteArray();
        }
    }
}
