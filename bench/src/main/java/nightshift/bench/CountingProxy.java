package nightshift.bench;

import module java.base;
import module java.net.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// An HTTP proxy between a function and AWS's stand-ins. It counts the requests, and asks DynamoDB
/// for the capacity units of each. A proxy keeps the `Host` header, which is signed.
final class CountingProxy implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The hop-by-hop headers, and those that the HTTP client sets itself.
    private static final String HOP_BY_HOP =
            "(?i)(proxy-)?connection|content-length|expect|host|transfer-encoding|date";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Usage.Request> requests = new LinkedBlockingQueue<>();
    private final HttpServer server;
    private final Map<String, String> targets;

    /// @param targets the endpoints of the stand-ins, as environment variables
    CountingProxy(Map<String, String> targets) throws IOException {
        this.targets = targets;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::forward);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /// The environment variables of a function whose requests are counted.
    Map<String, String> endpoints() {
        var endpoints = new HashMap<>(targets);
        var host = "-Dhttp.nonProxyHosts=none -Dhttp.proxyHost=127.0.0.1";
        endpoints.put("JDK_JAVA_OPTIONS", host + " -Dhttp.proxyPort=" + port());
        return endpoints;
    }

    /// Returns the requests since the last call of this method.
    Usage take() {
        var taken = new ArrayList<Usage.Request>();
        requests.drainTo(taken);
        taken.sort(Comparator.comparingLong(Usage.Request::ended));
        return new Usage(taken);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        http.shutdownNow();
    }

    private void forward(HttpExchange exchange) throws IOException {
        var operation = operation(exchange);
        var body = exchange.getRequestBody().readAllBytes();
        boolean hasUnits = operation.matches(".*Items?|Query|Scan");
        if (hasUnits) {
            var json = (ObjectNode) JSON.readTree(body);
            body = JSON.writeValueAsBytes(json.put("ReturnConsumedCapacity", "TOTAL"));
        }
        long begun = System.nanoTime();
        var response = send(exchange, body);
        long ended = System.nanoTime();
        var answer = response.body();
        double units = hasUnits ? units(JSON.readTree(answer).path("ConsumedCapacity")) : 0;
        boolean writes = operation.matches("(Put|Update|Delete|BatchWrite|TransactWrite).*");
        requests.add(
                new Usage.Request(
                        operation,
                        begun,
                        ended,
                        body.length + answer.length,
                        writes ? 0 : units,
                        writes ? units : 0));
        for (var header : response.headers().map().entrySet()) {
            if (header.getKey().matches(HOP_BY_HOP)) continue;
            exchange.getResponseHeaders().put(header.getKey(), header.getValue());
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            var length = response.headers().firstValue("content-length").orElse("0");
            exchange.getResponseHeaders().set("Content-Length", length);
        }
        exchange.sendResponseHeaders(
                response.statusCode(), answer.length == 0 ? -1 : answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    private String operation(HttpExchange exchange) {
        var method = exchange.getRequestMethod();
        var uri = exchange.getRequestURI().toString();
        boolean s3 = uri.startsWith(targets.getOrDefault("AWS_ENDPOINT_URL_S3", "no URL"));
        if (s3) return "S3 " + (uri.contains("list-type=") ? "LIST" : method);
        var target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        return target == null ? method : target.substring(target.indexOf('.') + 1);
    }

    private HttpResponse<byte[]> send(HttpExchange exchange, byte[] body) throws IOException {
        var request = HttpRequest.newBuilder(exchange.getRequestURI());
        var publisher = HttpRequest.BodyPublishers.ofByteArray(body);
        var nothing = HttpRequest.BodyPublishers.noBody();
        request.method(exchange.getRequestMethod(), body.length == 0 ? nothing : publisher);
        exchange.getRequestHeaders()
                .forEach((name, values) -> {
                    if (name.matches(HOP_BY_HOP)) return;
                    values.forEach(value -> request.header(name, value));
                });
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException closed) {
            throw new IOException(closed);
        }
    }

    /// The units of one table, or of a list of tables.
    private static double units(JsonNode consumed) {
        double units = consumed.path("CapacityUnits").asDouble();
        return consumed.isArray()
                ? units + consumed.valueStream().mapToDouble(CountingProxy::units).sum()
                : units;
    }
}
