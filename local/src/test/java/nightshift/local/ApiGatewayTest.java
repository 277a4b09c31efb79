package nightshift.local;

import static nightshift.local.StubFunctions.bytes;
import static nightshift.local.StubFunctions.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicReference;

class ApiGatewayTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final Template template =
            Template.parse(
                    """
                    Resources:
                      Api:
                        Type: AWS::Serverless::Api
                        Properties:
                          StageName: prod
                          BinaryMediaTypes: ['*~1*']
                          GatewayResponses:
                            DEFAULT_4XX: {ResponseTemplates: {application/json: '{"detail":$context.error.messageString}'}}
                            DEFAULT_5XX: {ResponseTemplates: {application/json: '{"detail":"broken"}'}}
                            REQUEST_TOO_LARGE:
                              StatusCode: 413
                              ResponseParameters: {Headers: {Retry-After: "'1'"}}
                              ResponseTemplates: {application/json: '{"detail":"too large"}'}
                      Things:
                        Type: AWS::Serverless::Function
                        Properties:
                          Timeout: 20
                          Events:
                            Get: {Type: Api, Properties: {Method: get, Path: '/p/{p}/things'}}
                            Head: {Type: Api, Properties: {Method: head, Path: '/p/{p}/things'}}
                            Post: {Type: Api, Properties: {Method: post, Path: '/p/{p}/things'}}
                    """);
    private final AtomicReference<String> event = new AtomicReference<>("");
    private final AtomicReference<String> answer =
            new AtomicReference<>("{\"statusCode\":200,\"body\":\"hello\"}");
    private final HttpClient http = HttpClient.newHttpClient();
    @TempDir Path folder;
    private LocalLambda lambda;
    private LoopbackHttpServer port;

    @BeforeEach
    void serve() {
        var functions =
                new StubFunctions()
                        .with(
                                "Things",
                                input -> {
                                    event.set(input);
                                    return answer.get();
                                });
        lambda = new LocalLambda(functions, folder, Clock.systemUTC(), LocalLambda.PAUSES, _ -> {});
        port =
                LoopbackHttpServer.serve(
                        0,
                        ApiGateway.LARGEST_BODY,
                        new ApiGateway(template, lambda, Clock.systemUTC()));
    }

    @AfterEach
    void close() {
        http.close();
        port.close();
        lambda.close();
    }

    @Test
    void hands_the_request_over_as_a_proxy_event() throws Exception {
        send(request("/p/a%20b/things/?x=1&y=%C3%A9+b&x=2").header("X-Own", "yes"));

        var event = event();
        assertThat(event.path("resource").asText()).isEqualTo("/p/{p}/things");
        assertThat(event.path("path").asText()).isEqualTo("/p/a%20b/things/");
        assertThat(event.path("httpMethod").asText()).isEqualTo("GET");
        assertThat(event.path("headers").path("X-Own").asText()).isEqualTo("yes");
        assertThat(event.path("pathParameters").path("p").asText()).isEqualTo("a b");
        assertThat(event.path("queryStringParameters").path("x").asText()).isEqualTo("2");
        assertThat(event.path("queryStringParameters").path("y").asText()).isEqualTo("é b");
        assertThat(event.path("multiValueQueryStringParameters").path("x").toString())
                .isEqualTo("[\"1\",\"2\"]");
        assertThat(event.path("body").isNull()).isTrue();
        assertThat(event.path("isBase64Encoded").asBoolean()).isFalse();
        var context = event.path("requestContext");
        assertThat(context.path("stage").asText()).isEqualTo("prod");
        assertThat(context.path("path").asText()).isEqualTo("/p/a%20b/things/");
        assertThat(context.path("domainName").asText()).isEqualTo("127.0.0.1:" + port.port());
        assertThat(context.path("identity").path("sourceIp").asText()).isEqualTo("127.0.0.1");
        assertThat(context.path("requestId").asText()).isNotEmpty();
    }

    @Test
    void any_query_is_handed_over() throws Exception {
        send(request("/p/1/things?=1&/a/b=2&/=3&~=4&=5&c&&"));

        var all = event().path("multiValueQueryStringParameters");
        assertThat(all.path("").toString()).isEqualTo("[\"1\",\"5\"]");
        assertThat(all.path("/a/b").toString()).isEqualTo("[\"2\"]");
        assertThat(all.path("/").toString()).isEqualTo("[\"3\"]");
        assertThat(all.path("~").toString()).isEqualTo("[\"4\"]");
        assertThat(all.path("c").toString()).isEqualTo("[\"\"]");
        assertThat(event().path("queryStringParameters").path("").asText()).isEqualTo("5");
    }

    @Test
    void a_body_arrives_as_base64() throws Exception {
        send(request("/p/1/things").POST(HttpRequest.BodyPublishers.ofString("a=b")));

        assertThat(event().path("isBase64Encoded").asBoolean()).isTrue();
        assertThat(text(Base64.getDecoder().decode(event().path("body").asText())))
                .isEqualTo("a=b");
    }

    @Test
    void the_clients_forwarded_headers_are_replaced() throws Exception {
        send(
                request("/p/1/things")
                        .header("X-Forwarded-Proto", "https")
                        .header("X-Forwarded-Host", "elsewhere"));

        assertThat(event().path("headers").path("X-Forwarded-Proto").asText()).isEqualTo("http");
        assertThat(event().path("headers").has("X-Forwarded-Host")).isFalse();
    }

    @Test
    void passes_on_status_headers_and_binary_body() throws Exception {
        answer.set(
                """
                {"statusCode": 405, "headers": {"Content-Type": "text/plain"},
                 "multiValueHeaders": {"Allow": ["GET", "POST"]}, "body": "aGk=", "isBase64Encoded": true}
                """);

        var response = send(request("/p/1/things"));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().allValues("Allow")).containsExactly("GET", "POST");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain");
        assertThat(response.body()).isEqualTo("hi");
    }

    @Test
    void a_head_has_the_length_and_no_body() throws Exception {
        var response = send(request("/p/1/things").HEAD());

        assertThat(response.headers().firstValue("Content-Length")).hasValue("5");
        assertThat(response.body()).isEmpty();
    }

    @Test
    void an_unknown_path_or_method_is_refused() throws Exception {
        assertThat(send(request("/elsewhere")).statusCode()).isEqualTo(403);
        assertThat(send(request("/p/1/things").DELETE()).body())
                .isEqualTo("{\"detail\":\"Missing Authentication Token\"}");
    }

    @Test
    void an_answer_that_is_none_is_a_502() throws Exception {
        for (var malformed : new String[] {"nonsense", "{}", "{\"statusCode\":200,\"body\":{}}"}) {
            answer.set(malformed);

            var response = send(request("/p/1/things"));

            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(response.body()).isEqualTo("{\"detail\":\"broken\"}");
        }
    }

    @Test
    void a_body_that_outgrows_lambda_or_the_gateway_is_too_large() throws Exception {
        for (int size : new int[] {5_000_000, ApiGateway.LARGEST_BODY + 1}) {
            var body = HttpRequest.BodyPublishers.ofByteArray(new byte[size]);

            var response = send(request("/p/1/things").POST(body));

            assertThat(response.statusCode()).isEqualTo(413);
            assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(response.body()).isEqualTo("{\"detail\":\"too large\"}");
        }
    }

    @Test
    void what_is_no_request_is_refused_and_kills_nothing() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port.port())) {
            socket.getOutputStream().write(bytes("NONSENSE\r\n\r\n"));
            var reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(reply).contains(" 400 ").endsWith("{\"detail\":\"Bad Request\"}");
        }
        assertThat(send(request("/p/1/things")).statusCode()).isEqualTo(200);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonNode event() throws Exception {
        return JSON.readTree(event.get());
    }
}
