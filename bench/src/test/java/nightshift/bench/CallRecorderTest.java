package nightshift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

class CallRecorderTest {
    private static final Map<String, AttributeValue> KEY = Map.of("pk", AttributeValue.fromS("k"));

    private final List<String> received = new CopyOnWriteArrayList<>();
    private int status = 200;
    private String answer = "{}";
    private HttpServer server;
    private DynamoDbClient client;
    private Path file;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        file = folder.resolve("calls");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    var request = exchange.getRequestBody().readAllBytes();
                    received.add(new String(request, StandardCharsets.UTF_8));
                    var body = answer.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(status, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        client =
                DynamoDbClient.builder()
                        .httpClient(UrlConnectionHttpClient.create())
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create("id", "secret")))
                        .endpointOverride(
                                URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                        .overrideConfiguration(settings ->
                                settings.addExecutionInterceptor(new CallRecorder(file)))
                        .build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    void asks_dynamodb_for_the_units_of_a_read_and_records_them() throws IOException {
        answer = "{\"ConsumedCapacity\":[{\"CapacityUnits\":2.5},{\"CapacityUnits\":1.0}]}";
        var keys = KeysAndAttributes.builder().keys(List.of(KEY)).build();
        client.batchGetItem(get -> get.requestItems(Map.of("table", keys)));
        assertThat(received.getFirst()).contains("\"ReturnConsumedCapacity\":\"TOTAL\"");
        var usage = Usage.parse(Files.readAllLines(file));
        assertThat(usage.requests()).extracting("operation").containsExactly("BatchGetItem");
        assertThat(usage.bytes()).isEqualTo(received.getFirst().length() + answer.length());
        assertThat(usage.readUnits()).isEqualTo(3.5);
        assertThat(usage.writeUnits()).isZero();
    }

    @Test
    void records_written_units_apart_and_the_size_of_a_transaction() throws IOException {
        answer = "{\"ConsumedCapacity\":[{\"CapacityUnits\":12.0}]}";
        var put = TransactWriteItem.builder().put(it -> it.tableName("table").item(KEY)).build();
        client.transactWriteItems(write -> write.transactItems(put, put, put));
        var usage = Usage.parse(Files.readAllLines(file));
        assertThat(usage.requests())
                .extracting("operation")
                .containsExactly("TransactWriteItems-3");
        assertThat(usage.readUnits()).isZero();
        assertThat(usage.writeUnits()).isEqualTo(12);
    }

    @Test
    void records_a_request_that_is_refused() throws IOException {
        status = 400;
        answer = "{\"__type\":\"ConditionalCheckFailedException\"}";
        assertThatThrownBy(() -> client.putItem(put -> put.tableName("table").item(KEY)))
                .isInstanceOf(ConditionalCheckFailedException.class);
        assertThat(Usage.parse(Files.readAllLines(file)).requests())
                .extracting("operation")
                .containsExactly("PutItem");
    }
}
