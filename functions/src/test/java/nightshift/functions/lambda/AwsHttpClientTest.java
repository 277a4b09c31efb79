package nightshift.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

class AwsHttpClientTest {
    private static final String BODY = "{\"Key\": \"ü\"}";

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private ServerSocket door;

    /// Answers one request a connection, says that the connection stays, and closes it all the
    /// same.
    @BeforeEach
    void open() throws IOException {
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual()
                .start(() -> {
                    while (!door.isClosed()) {
                        try (var connection = door.accept()) {
                            answer(connection);
                        } catch (IOException _) {
                            // the client meets it, too
                        }
                    }
                });
    }

    @AfterEach
    void close() throws IOException {
        door.close();
    }

    private void answer(Socket connection) throws IOException {
        var in =
                new BufferedReader(
                        new InputStreamReader(
                                connection.getInputStream(), StandardCharsets.ISO_8859_1));
        var request = new StringBuilder();
        int length = 0;
        for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            request.append(line).append('\n');
            if (line.startsWith("Content-Length: ")) length = Integer.parseInt(line.substring(16));
        }
        var body = new char[length];
        int read = length == 0 ? 0 : in.read(body);
        requests.add(request.append(body, 0, read).toString());
        connection
                .getOutputStream()
                .write(
                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
                                .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_body_comes_whole_and_with_its_length() throws IOException {
        try (var connections = new AwsHttpClient(UrlConnectionHttpClient.create())) {
            var answer = send(connections);

            assertThat(answer.httpResponse().statusCode()).isEqualTo(200);
        }
        var sent = new String(BODY.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(requests)
                .singleElement()
                .asString()
                .contains("Content-Length: " + sent.length() + "\n")
                .endsWith(sent);
    }

    @Test
    void a_kept_connection_that_was_closed_is_no_error() throws IOException {
        try (var connections = new AwsHttpClient(UrlConnectionHttpClient.create())) {
            for (int call = 0; call < 20; call++) {
                var answer = send(connections);

                assertThat(answer.httpResponse().statusCode()).isEqualTo(200);
                answer.responseBody().orElseThrow().readAllBytes(); // so it would be kept
            }
        }
        assertThat(requests).hasSize(20);
    }

    /// What makes the JDK listen before it sends.
    @Test
    void only_of_a_post_the_length_is_not_told() {
        var lengthSent = new ArrayList<Boolean>();
        try (var connections = new AwsHttpClient(noting(lengthSent))) {
            connections.prepareRequest(request(SdkHttpMethod.POST));
            connections.prepareRequest(request(SdkHttpMethod.PUT));
        }
        assertThat(lengthSent).containsExactly(false, true);
    }

    /// It would cost each upload a round trip.
    @Test
    void no_request_waits_for_100_continue() throws IOException {
        var put = request(SdkHttpMethod.PUT);
        var expecting = put.httpRequest().toBuilder().putHeader("Expect", "100-continue").build();
        try (var client = new AwsHttpClient(UrlConnectionHttpClient.create())) {
            var answer =
                    client.prepareRequest(
                                    HttpExecuteRequest.builder()
                                            .request(expecting)
                                            .contentStreamProvider(
                                                    put.contentStreamProvider().orElseThrow())
                                            .build())
                            .call();
            assertThat(answer.httpResponse().statusCode()).isEqualTo(200);
        }
        assertThat(requests).singleElement().asString().doesNotContain("Expect");
    }

    private static SdkHttpClient noting(List<Boolean> lengthSent) {
        var http = UrlConnectionHttpClient.create();
        return new SdkHttpClient() {
            @Override
            public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
                lengthSent.add(
                        request.httpRequest().firstMatchingHeader("Content-Length").isPresent());
                return http.prepareRequest(request);
            }

            @Override
            public void close() {
                http.close();
            }
        };
    }

    private HttpExecuteResponse send(SdkHttpClient http) throws IOException {
        return http.prepareRequest(request(SdkHttpMethod.POST)).call();
    }

    private HttpExecuteRequest request(SdkHttpMethod method) {
        var body = BODY.getBytes(StandardCharsets.UTF_8);
        return HttpExecuteRequest.builder()
                .request(
                        SdkHttpRequest.builder()
                                .method(method)
                                .uri(URI.create("http://127.0.0.1:" + door.getLocalPort() + "/"))
                                .putHeader("Content-Length", Integer.toString(body.length))
                                .build())
                .contentStreamProvider(ContentStreamProvider.fromByteArray(body))
                .build();
    }
}
