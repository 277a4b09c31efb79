package nightshift.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.notification.Webhooks.NotDeliveredException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLSocketFactory;

@Timeout(20)
class WebhookClientTest {
    private static final byte[] BODY = "{\"type\":\"test\"}".getBytes(StandardCharsets.UTF_8);
    private static final Map<String, String> HEADERS = Map.of("webhook-id", "msg_1");
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final SSLSocketFactory TLS = (SSLSocketFactory) SSLSocketFactory.getDefault();

    @Test
    void sends_the_message_and_its_headers() throws Exception {
        try (var server = HostileServer.answering("200 OK", "ok")) {
            client(Duration.ofSeconds(5)).post(url(server, "/a%20b?c=d#e"), HEADERS, BODY);

            assertThat(server.requests())
                    .containsExactly(
                            """
                            POST /a%%20b?c=d HTTP/1.1
                            Host: 127.0.0.1:%d
                            webhook-id: msg_1
                            User-Agent: Nightshift
                            Content-Type: application/json
                            Content-Length: 15
                            Connection: close

                            {"type":"test"}\
                            """
                                    .formatted(server.port())
                                    .replace("\n", "\r\n"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.0 200 OK\r\n\r\nok",
                "HTTP/1.1 200 OK\n\n",
                "HTTP/1.1 202\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n\r\n"
            })
    void takes_any_2xx_for_a_receipt(String answer) throws Exception {
        try (var server = new HostileServer(output -> write(output, answer))) {
            client(Duration.ofSeconds(5)).post(url(server, "/"), HEADERS, BODY);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\r\n",
                "hello",
                "HTTP/2 200\r\n\r\n",
                "HTTP/1.1 999 x\r\n\r\n",
                "220 smtp\r\n"
            })
    void refuses_what_is_no_answer(String answer) throws Exception {
        try (var server = new HostileServer(output -> write(output, answer))) {
            assertThatThrownBy(() -> client(SHORT).post(url(server, "/"), HEADERS, BODY))
                    .isInstanceOf(NotDeliveredException.class);
        }
    }

    @Test
    void does_not_follow_a_redirect() throws Exception {
        try (var other = HostileServer.answering("200 OK", "");
                var server =
                        new HostileServer(output ->
                                write(
                                        output,
                                        "HTTP/1.1 307 Temporary Redirect\r\nLocation: "
                                                + url(other, "/secret")
                                                + "\r\n\r\n"))) {
            assertThatThrownBy(() -> client(SHORT).post(url(server, "/"), HEADERS, BODY))
                    .hasMessage("The host answered 307.");
            assertThat(other.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 410, 429, 500, 503})
    void a_refusal_names_the_status_and_nothing_of_the_answer(int status) throws Exception {
        try (var server = HostileServer.answering(status + " hunter2", "hunter2")) {
            assertThatThrownBy(() -> client(SHORT).post(url(server, "/"), HEADERS, BODY))
                    .hasMessage("The host answered " + status + ".")
                    .hasNoCause();
        }
    }

    @Test
    void gives_up_a_host_that_never_answers() throws Exception {
        try (var server = new HostileServer(_ -> Thread.sleep(60_000))) {
            assertGivenUp(server);
        }
    }

    @Test
    void gives_up_a_host_that_drips_its_head() throws Exception {
        try (var server = new HostileServer(output -> drip(output, "HTTP/1.1 200 OK\r\nX: "))) {
            assertGivenUp(server);
        }
    }

    @Test
    void gives_up_a_host_that_drips_its_body() throws Exception {
        try (var server = new HostileServer(output -> drip(output, "HTTP/1.1 200 OK\r\n\r\n"))) {
            assertGivenUp(server);
        }
    }

    @Test
    void gives_up_a_host_that_begins_tls_and_says_no_more() throws Exception {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var url = URI.create("https://localhost:" + server.getLocalPort() + "/");
            assertTakesNoLonger(
                    () -> client(SHORT).post(url, HEADERS, BODY),
                    "There was no complete answer within 0 seconds.");
        }
    }

    @Test
    void gives_up_a_name_that_is_not_resolved_in_time() {
        var slow =
                new WebhookClient(
                        Set.of(),
                        _ -> {
                            sleep();
                            throw new UnknownHostException();
                        },
                        TLS,
                        SHORT);
        assertTakesNoLonger(
                () -> slow.post(URI.create("https://slow.example/"), HEADERS, BODY),
                "There was no complete answer within 0 seconds.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: ",
                "HTTP/1.1 100 Continue\r\n\r\n"
            })
    void gives_up_a_host_that_sends_a_gigabyte(String head) throws Exception {
        var sent = new AtomicInteger();
        try (var server =
                new HostileServer(output -> {
                    write(output, head);
                    var block = "x".repeat(1_023) + " ";
                    for (int n = 0; n < 1_000_000; n++) {
                        write(output, block);
                        sent.incrementAndGet();
                    }
                })) {
            assertThatThrownBy(() ->
                            client(Duration.ofSeconds(10)).post(url(server, "/"), HEADERS, BODY))
                    .isInstanceOf(NotDeliveredException.class)
                    .hasMessageNotContaining("seconds");
            assertThat(sent.get()).isLessThan(100_000);
        }
    }

    @Test
    void says_that_nobody_listens() throws Exception {
        int port;
        try (var server = HostileServer.answering("200 OK", "")) {
            port = server.port();
        }
        assertThatThrownBy(() ->
                        client(SHORT)
                                .post(URI.create("http://127.0.0.1:" + port + "/"), HEADERS, BODY))
                .hasMessage("The host did not accept a connection.");
    }

    @Test
    void refuses_a_name_with_a_public_and_a_private_address() throws Exception {
        for (var addresses :
                new String[][] {
                    {"127.0.0.1"},
                    {"1.1.1.1", "127.0.0.1"},
                    {"127.0.0.1", "1.1.1.1"},
                    {"1.1.1.1", "169.254.169.254"},
                    {"2606:4700:4700::1111", "::ffff:10.0.0.1"},
                    {"1.1.1.1", "fd00:ec2::254"}
                }) {
            var client = new WebhookClient(Set.of(), _ -> parsed(addresses), TLS, SHORT);
            assertThatThrownBy(
                            () -> client.post(URI.create("https://both.example/"), HEADERS, BODY))
                    .as("%s", (Object) addresses)
                    .hasMessage("The host's name has a private address.");
        }
    }

    @Test
    void refuses_an_address_that_was_stored_before_the_rules_were_stricter() {
        for (var url :
                new String[] {
                    "http://169.254.169.254/",
                    "https://[::ffff:10.0.0.1]/",
                    "https://2130706433/",
                    "http://1.1.1.1/"
                }) {
            assertThatThrownBy(
                            () -> WebhookClient.with(Set.of()).post(URI.create(url), HEADERS, BODY))
                    .as(url)
                    .isInstanceOf(NotDeliveredException.class)
                    .hasMessageContaining("allowed");
        }
    }

    /// A second look-up would answer another address.
    @Test
    void resolves_a_name_once_and_connects_to_what_it_has_checked() throws Exception {
        try (var server = HostileServer.answering("200 OK", "")) {
            var lookups = new AtomicInteger();
            var client =
                    new WebhookClient(
                            Set.of("rebind.example"),
                            _ ->
                                    lookups.incrementAndGet() == 1
                                            ? parsed("127.0.0.1")
                                            : parsed("192.0.2.1"),
                            TLS,
                            Duration.ofSeconds(5));
            client.post(URI.create("http://rebind.example:" + server.port() + "/"), HEADERS, BODY);

            assertThat(lookups).hasValue(1);
            assertThat(server.requests().getFirst())
                    .contains("Host: rebind.example:" + server.port());
        }
    }

    @Test
    void verifies_the_certificate_for_the_name_and_sends_the_name() throws Exception {
        var certificate = new TestCertificate("hooks.example");
        var name = new AtomicReference<String>();
        try (var server =
                new HostileServer(
                        certificate.server(name::set),
                        output -> write(output, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))) {
            var trusting = trusting(certificate.clients(), "hooks.example", "other.example");
            trusting.post(
                    URI.create("https://hooks.example:" + server.port() + "/x"), HEADERS, BODY);
            assertThat(name).hasValue("hooks.example");
            assertThat(server.requests()).hasSize(1);

            assertNotTrusted(trusting, "https://other.example:" + server.port());
            assertNotTrusted(
                    trusting(TLS, "hooks.example"), "https://hooks.example:" + server.port());
            assertThat(server.requests()).hasSize(1);
        }
    }

    private static void assertNotTrusted(WebhookClient client, String url) {
        assertThatThrownBy(() -> client.post(URI.create(url), HEADERS, BODY))
                .hasMessage("There was no TLS connection with a trusted certificate.");
    }

    private static WebhookClient trusting(SSLSocketFactory tls, String... hosts) {
        return new WebhookClient(
                Set.of(hosts), _ -> parsed("127.0.0.1"), tls, Duration.ofSeconds(10));
    }

    private interface Posting {
        void post() throws NotDeliveredException;
    }

    private static void assertGivenUp(HostileServer server) {
        assertTakesNoLonger(
                () -> client(SHORT).post(url(server, "/"), HEADERS, BODY),
                "There was no complete answer within 0 seconds.");
    }

    private static void assertTakesNoLonger(Posting posting, String message) {
        long begun = System.nanoTime();
        assertThatThrownBy(posting::post).hasMessage(message);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    private static WebhookClient client(Duration limit) {
        return new WebhookClient(
                Set.of("127.0.0.1", "localhost"), InetAddress::getAllByName, TLS, limit);
    }

    private static URI url(HostileServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private static InetAddress[] parsed(String... addresses) {
        var parsed = new InetAddress[addresses.length];
        for (int i = 0; i < parsed.length; i++) parsed[i] = InetAddress.ofLiteral(addresses[i]);
        return parsed;
    }

    private static void write(OutputStream output, String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.US_ASCII));
        output.flush();
    }

    private static void drip(OutputStream output, String head)
            throws IOException, InterruptedException {
        write(output, head);
        while (true) {
            Thread.sleep(20);
            write(output, "x");
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
