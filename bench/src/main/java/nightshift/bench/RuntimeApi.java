package nightshift.bench;

import static nightshift.local.LocalAccount.ACCESS_KEY;
import static nightshift.local.LocalAccount.SECRET_KEY;

import module java.base;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// Lambda's Runtime API for one instance of one function, and the endpoint of the credentials that
/// a function gets under SnapStart.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">AWS: using the
///   Lambda runtime API</a>
final class RuntimeApi implements AutoCloseable {
    private static final String RUNTIME = "/2018-06-01/runtime";

    /// @param millis from handing out the event to receiving the answer
    record Answer(String payload, double millis) {}

    record Request(String path, String payload, long at) {}

    private final HttpServer server;
    private final Duration timeout;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> handedOut = new LinkedBlockingQueue<>();
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> restored = new LinkedBlockingQueue<>();

    /// @param timeout of the function
    /// @param beforeSnapshot called when the function asks for its snapshot
    RuntimeApi(Duration timeout, Runnable beforeSnapshot) throws IOException {
        this.timeout = timeout;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext(
                RUNTIME + "/",
                exchange -> {
                    add(exchange);
                    send(exchange, 202, "");
                });
        server.createContext(RUNTIME + "/invocation/next", this::next);
        server.createContext(
                RUNTIME + "/restore/next",
                exchange -> {
                    beforeSnapshot.run();
                    add(exchange);
                    send(exchange, 200, take(restored));
                });
        var credentials =
                "{\"AccessKeyId\": \"%s\", \"SecretAccessKey\": \"%s\", \"Expiration\": \"%s\"}"
                        .formatted(ACCESS_KEY, SECRET_KEY, Instant.now().plusSeconds(20_000));
        server.createContext("/credentials", exchange -> send(exchange, 200, credentials));
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    void restore() {
        restored.add("");
    }

    Answer invoke(String event) throws InterruptedException {
        events.add(event);
        long begun = handedOut.take();
        var answer = await("/response");
        await("/invocation/next");
        return new Answer(answer.payload(), (answer.at() - begun) / 1e6);
    }

    /// Waits for the function's next request, and checks the end of its path.
    Request await(String suffix) throws InterruptedException {
        var next = requests.poll(timeout.toSeconds() + 30, TimeUnit.SECONDS);
        if (next == null || !next.path().endsWith(suffix)) {
            throw new IllegalStateException("instead of " + suffix + " the function sent " + next);
        }
        return next;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void next(HttpExchange exchange) throws IOException {
        add(exchange);
        var event = take(events);
        var deadline = Instant.now().plus(timeout).toEpochMilli();
        var headers = exchange.getResponseHeaders();
        headers.set("Lambda-Runtime-Deadline-Ms", Long.toString(deadline));
        headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
        headers.set(
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:us-east-1:000000000000:function:bench:live");
        handedOut.add(System.nanoTime());
        send(exchange, 200, event);
    }

    private static String take(BlockingQueue<String> queue) throws IOException {
        try {
            return queue.take();
        } catch (InterruptedException closed) { // the instance is no longer needed
            throw new IOException(closed);
        }
    }

    private void add(HttpExchange exchange) throws IOException {
        var payload = exchange.getRequestBody().readAllBytes();
        long at = System.nanoTime();
        var path = exchange.getRequestURI().getPath();
        requests.add(new Request(path, new String(payload, StandardCharsets.UTF_8), at));
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        var body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
