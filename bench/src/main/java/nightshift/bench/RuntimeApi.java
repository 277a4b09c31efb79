package nightshift.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Lambda's Runtime API for one instance of one function: hands out events, takes answers, and
/// notes when. It also serves the credentials that a function gets under SnapStart.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">AWS: using the
///   Lambda runtime API</a>
final class RuntimeApi implements AutoCloseable {
    /// An answer, and how long after its event was handed out it came.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(byte[] payload, double millis) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Told(String path, byte[] payload, long at) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> handedOut = new LinkedBlockingQueue<>();
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final CountDownLatch restored = new CountDownLatch(1);
    private final String credentials;
    private volatile Runnable freezing = () -> {};
    private boolean inSnapshot;

    RuntimeApi(String accessKey, String secretKey) throws IOException {
        credentials =
                """
                {"AccessKeyId": "%s", "SecretAccessKey": "%s", "Expiration": "%s"}
                """
                        .formatted(accessKey, secretKey, Instant.now().plus(6, ChronoUnit.HOURS));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/2018-06-01/runtime/invocation/next", this::next);
        server.createContext("/2018-06-01/runtime/restore/next", this::restore);
        server.createContext("/2018-06-01/runtime/", this::tell);
        server.createContext(
                "/credentials",
                exchange -> send(exchange, 200, credentials.getBytes(StandardCharsets.UTF_8)));
        server.start();
    }

    /// Host and port, as Lambda puts them into the function's environment.
    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /// What is done to the function when it asks to be put into a snapshot.
    void freezeBy(Runnable freezing) {
        this.freezing = freezing;
    }

    /// Waits until the function has asked to be put into a snapshot, if it has not yet.
    void awaitSnapshot() throws InterruptedException {
        if (!inSnapshot) expect("/restore/next");
        inSnapshot = true;
    }

    /// The function continues behind its snapshot.
    void restore() {
        restored.countDown();
    }

    /// Waits until the function has asked for its first event.
    long awaitReady() throws InterruptedException {
        return expect("/invocation/next").at();
    }

    /// Has an event answered.
    Answer invoke(byte[] event) throws InterruptedException {
        events.add(event);
        long begun = handedOut.take();
        var answer = expect("/response");
        expect("/invocation/next");
        return new Answer(answer.payload(), (answer.at() - begun) / 1e6);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private Told expect(String suffix) throws InterruptedException {
        var next = told.poll(30, TimeUnit.SECONDS);
        if (next == null || !next.path().endsWith(suffix)) {
            throw new IllegalStateException(
                    "instead of " + suffix + " the function said " + describe(next));
        }
        return next;
    }

    private static String describe(@Nullable Told told) {
        return told == null
                ? "nothing"
                : told.path() + " " + new String(told.payload(), StandardCharsets.UTF_8);
    }

    private void next(HttpExchange exchange) throws IOException {
        note(exchange, new byte[0]);
        var headers = exchange.getResponseHeaders();
        headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
        headers.set(
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:us-east-1:000000000000:function:bench:live");
        headers.set(
                "Lambda-Runtime-Deadline-Ms",
                Long.toString(Instant.now().plusSeconds(29).toEpochMilli()));
        try {
            var event = events.take();
            handedOut.add(System.nanoTime());
            send(exchange, 200, event);
        } catch (InterruptedException _) {
            exchange.close(); // the function is no longer needed
        }
    }

    private void restore(HttpExchange exchange) throws IOException {
        freezing.run();
        note(exchange, new byte[0]);
        try {
            restored.await();
            send(exchange, 200, new byte[0]);
        } catch (InterruptedException _) {
            exchange.close();
        }
    }

    /// A response, or what went wrong.
    private void tell(HttpExchange exchange) throws IOException {
        note(exchange, exchange.getRequestBody().readAllBytes());
        send(exchange, 202, new byte[0]);
    }

    private void note(HttpExchange exchange, byte[] payload) {
        told.add(new Told(exchange.getRequestURI().getPath(), payload, System.nanoTime()));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) exchange.getResponseBody().write(body);
        exchange.close();
    }
}
