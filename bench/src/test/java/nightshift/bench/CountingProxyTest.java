package nightshift.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

class CountingProxyTest {
    private final List<String> received = new CopyOnWriteArrayList<>();
    private String answer = "{}";
    private HttpServer target;
    private CountingProxy counter;
    private URI url;

    @BeforeEach
    void start() throws IOException {
        target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.createContext(
                "/",
                exchange -> {
                    received.add(
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8));
                    var body = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        target.start();
        url = URI.create("http://127.0.0.1:" + target.getAddress().getPort() + "/");
        counter = new CountingProxy(Map.of());
    }

    @AfterEach
    void stop() {
        counter.close();
        target.stop(0);
    }

    @Test
    void asks_dynamodb_for_units_and_counts_them() throws IOException, InterruptedException {
        answer = "{\"ConsumedCapacity\":[{\"CapacityUnits\":2.5},{\"CapacityUnits\":1.0}]}";
        assertThat(send("BatchGetItem", "{\"RequestItems\":{}}")).isEqualTo(answer);
        assertThat(received)
                .containsExactly("{\"RequestItems\":{},\"ReturnConsumedCapacity\":\"TOTAL\"}");
        var usage = counter.take();
        assertThat(usage.readUnits()).isEqualTo(3.5);
        assertThat(usage.writeUnits()).isZero();
    }

    @Test
    void counts_written_units_apart() throws IOException, InterruptedException {
        answer = "{\"ConsumedCapacity\":{\"CapacityUnits\":12.0}}";
        send("UpdateItem", "{}");
        var usage = counter.take();
        assertThat(usage.writeUnits()).isEqualTo(12);
        assertThat(usage.readUnits()).isZero();
    }

    @Test
    void forgets_what_was_taken() throws IOException, InterruptedException {
        send("GetItem", "{}");
        assertThat(counter.take().calls()).isEqualTo(1);
        assertThat(counter.take().calls()).isZero();
    }

    private String send(String operation, String body) throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(url)
                        .header("X-Amz-Target", "DynamoDB_20120810." + operation)
                        .POST(BodyPublishers.ofString(body))
                        .build();
        var proxy =
                ProxySelector.of(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), counter.port()));
        try (var http = HttpClient.newBuilder().proxy(proxy).build()) {
            return http.send(request, BodyHandlers.ofString()).body();
        }
    }
}
