package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Every port answers local clients and refuses web pages.
class LoopbackTest {
    private static final String OWN_KEYS = "/2015-03-31/functions/ListApiKeys/invocations";

    @TempDir private static Path state;
    private static LocalServer server;

    @BeforeAll
    static void start() {
        server = LocalServer.start(Settings.forTest(LocalFixture.TEMPLATE, state));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void another_host_name_is_refused(Port port) throws IOException {
        int number = number(port);
        for (var host :
                List.of(
                        "Host: evil.example:" + number,
                        "Host: evil.example",
                        "Host: localhost.:" + number,
                        "Host: localhost.evil.example:" + number,
                        "Host: 127.0.0.1.nip.io:" + number,
                        "Host: localhost",
                        "Host: localhost:1",
                        "Host: localhost:" + number + "@evil.example",
                        "Host: evil.example@localhost:" + number,
                        "Host: 127.0.0.2:" + number,
                        "Host: 0.0.0.0:" + number,
                        "Host: 2130706433:" + number,
                        "Host:",
                        "Host: localhost:" + number + "\r\nHost: evil.example",
                        "X-Forwarded-Host: localhost:" + number)) {
            assertRefused(status(port, "GET / HTTP/1.1", host), host);
            assertRefused(status(port, "GET / HTTP/1.0", host), host);
        }
        var own = "Host: localhost:" + number;
        for (var target :
                List.of(
                        "http://evil.example/",
                        "http://evil.example:" + number + "/",
                        "http://localhost:" + number + "@evil.example/",
                        "http://evil.example@localhost:" + number + "/")) {
            assertRefused(status(port, "GET " + target + " HTTP/1.1", own), target);
        }
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void a_page_of_another_site_is_refused(Port port) throws IOException {
        var own = "Host: localhost:" + number(port);
        for (var header :
                List.of(
                        "Origin: http://evil.example",
                        "Origin: null",
                        "Origin: https://localhost:" + number(port),
                        "Origin: http://localhost",
                        "Origin: http://localhost:1",
                        "Origin: http://localhost:" + number(port) + ".evil.example",
                        "Origin:",
                        "Sec-Fetch-Site: cross-site",
                        "sec-fetch-site: Cross-Site")) {
            for (var method : List.of("GET", "POST", "OPTIONS")) {
                assertRefused(status(port, method + " / HTTP/1.1", own, header), header);
            }
        }
    }

    @Test
    void this_machine_and_the_apis_own_pages_are_answered() throws IOException {
        int number = number(Port.API);
        for (var name : List.of("localhost", "LOCALHOST", "127.0.0.1", "[::1]")) {
            var host = name + ":" + number;
            for (var header :
                    List.of(
                            "Accept: */*",
                            "Origin: http://" + host,
                            "Sec-Fetch-Site: none",
                            "Sec-Fetch-Site: same-origin")) {
                assertThat(
                                status(
                                        Port.API,
                                        "GET " + LocalFixture.AUTOMATIONS + " HTTP/1.1",
                                        "Host: " + host,
                                        header))
                        .as("%s %s", host, header)
                        .isEqualTo(401);
            }
            var absolute = "GET http://" + host + LocalFixture.AUTOMATIONS + " HTTP/1.1";
            assertThat(status(Port.API, absolute, "Host: " + host)).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "TEXT/PLAIN; charset=utf-8",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=b"
            })
    void a_function_is_not_invoked_by_what_a_page_may_send(String type) throws IOException {
        var own = "Host: localhost:" + number(Port.LAMBDA);

        assertThat(status(Port.LAMBDA, invoke(), own, "Content-Type: " + type)).isEqualTo(415);
        assertThat(status(Port.LAMBDA, invoke(), own, "Content-Type: application/json"))
                .isEqualTo(200);
    }

    @Test
    void s3_does_nothing_without_a_signature() throws IOException {
        var own = "Host: 127.0.0.1:" + number(Port.S3);
        var bucket = "/" + server.template().named("AWS::S3::Bucket").keySet().iterator().next();
        for (var request :
                List.of(
                        "GET /",
                        "GET " + bucket,
                        "GET " + bucket + "/",
                        "GET " + bucket + "?list-type=2",
                        "GET " + bucket + "?acl",
                        "GET " + bucket + "?uploads",
                        "HEAD " + bucket,
                        "PUT /other",
                        "DELETE " + bucket,
                        "GET " + bucket + "/key",
                        "HEAD " + bucket + "/key",
                        "PUT " + bucket + "/key",
                        "DELETE " + bucket + "/key",
                        "POST " + bucket + "?delete",
                        "POST " + bucket + "/key?uploads",
                        "GET " + bucket + "?X-Amz-Signature=0",
                        "GET " + bucket + "/key?Signature=0&Expires=9999999999&AWSAccessKeyId=x")) {
            assertThat(status(Port.S3, request + " HTTP/1.1", own)).as(request).isBetween(400, 403);
        }
        assertThat(status(Port.S3, "GET " + bucket + " HTTP/1.1", own)).isEqualTo(403);
        assertThat(
                        status(
                                Port.S3,
                                "POST " + bucket + " HTTP/1.1",
                                own,
                                "Content-Type: multipart/form-data; boundary=b"))
                .isBetween(400, 403);
    }

    @Test
    void a_page_of_this_machine_reads_s3_by_a_signed_url_alone() throws IOException {
        var own = "Host: 127.0.0.1:" + number(Port.S3);
        var object = "/" + server.template().named("AWS::S3::Bucket").keySet().iterator().next();
        var signed = object + "/key?X-Amz-Signature=0";
        var page = "Origin: http://127.0.0.1:" + number(Port.API);

        assertThat(answer(Port.S3, "GET " + signed + " HTTP/1.1", own, page))
                .containsIgnoringCase(
                        "Access-Control-Allow-Origin: http://127.0.0.1:" + number(Port.API))
                .doesNotContain("Allow-Credentials");
        for (var other : List.of("http://evil.example", "null", "http://localhost.evil.example")) {
            assertThat(answer(Port.S3, "GET " + signed + " HTTP/1.1", own, "Origin: " + other))
                    .startsWith("HTTP/1.1 403")
                    .doesNotContainIgnoringCase("Access-Control-Allow-Origin");
        }
        for (var request : List.of("PUT " + signed, "DELETE " + signed, "GET " + object + "/key")) {
            assertThat(answer(Port.S3, request + " HTTP/1.1", own, page))
                    .as(request)
                    .startsWith("HTTP/1.1 403")
                    .doesNotContainIgnoringCase("Access-Control-Allow-Origin");
        }
    }

    private static String invoke() {
        return "POST " + OWN_KEYS + " HTTP/1.1";
    }

    private static void assertRefused(int status, String request) {
        assertThat(status).as(request).isIn(400, 403);
    }

    private static int number(Port port) {
        return server.url(port).getPort();
    }

    /// Sends a request unchanged and returns the status of the answer.
    private static int status(Port port, String requestLine, String... headers) throws IOException {
        return Integer.parseInt(answer(port, requestLine, headers).split(" ", 3)[1]);
    }

    private static String answer(Port port, String requestLine, String... headers)
            throws IOException {
        var request =
                requestLine
                        + "\r\n"
                        + String.join("\r\n", headers)
                        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), number(port))) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
