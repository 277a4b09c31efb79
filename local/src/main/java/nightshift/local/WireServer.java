package nightshift.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// What the stand-ins share of AWS's wire: loopback only, signed requests, JSON answers, errors by
/// name, and the faults that a test has asked for.
final class WireServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WireServer.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    /// One call of the API: its name in AWS's reference, and what it does.
    record Operation(String name, Supplier<ObjectNode> act) {}

    /// An API: which operation a request asks for.
    interface Api {
        Operation route(WireRequest request);
    }

    private final Api api;
    private final String contentType;
    private final Faults faults;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    WireServer(int port, String contentType, Faults faults, Api api) throws IOException {
        this.api = api;
        this.contentType = contentType;
        this.faults = faults;
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) { // closing an unanswered exchange drops the connection
            var request = WireRequest.read(exchange);
            try {
                Signature.check(request);
                var operation = api.route(request);
                var fault = faults.take(operation.name());
                if (fault == Faults.Fault.LOST_REQUEST) return;
                if (fault != null) fault.refuse();
                var answer = operation.act().get();
                if (fault == Faults.Fault.LOST_ANSWER) return;
                send(exchange, 200, answer);
            } catch (AwsRefusal refused) {
                refuse(exchange, refused);
            } catch (RuntimeException broken) {
                LOG.log(Level.ERROR, "stand-in failed", broken);
                refuse(exchange, new AwsRefusal(500, "InternalServerException", "" + broken));
            }
        }
    }

    private void refuse(HttpExchange exchange, AwsRefusal refused) throws IOException {
        exchange.getResponseHeaders().set("x-amzn-ErrorType", refused.code());
        send(
                exchange,
                refused.status(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("__type", refused.code())
                        .put("Message", refused.message()));
    }

    private void send(HttpExchange exchange, int status, ObjectNode body) throws IOException {
        var bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
