package nightshift.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import nightshift.api.CallBuilder;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.automations.ListTaskAutomations;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/// AWS is silent or breaks off: the attempt fails in time and is repeated.
class AwsTimeoutTest {
    private static final Duration ATTEMPT = Duration.ofMillis(100);
    private static final Map<String, String> SETTINGS =
            Map.of(
                    "TABLE_NAME", "table",
                    "BUCKET_NAME", "bucket",
                    "EVENT_BUS_NAME", "bus",
                    "SCHEDULE_GROUP", "group",
                    "FIRE_FUNCTION_ARN", "arn:aws:lambda:us-east-1:123456789012:function:fire",
                    "SCHEDULER_ROLE_ARN", "arn:aws:iam::123456789012:role/scheduler",
                    "DEAD_LETTER_QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:dead");

    private final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private volatile boolean breaksOff;
    private ServerSocket server;

    /// Accepts connections and never answers.
    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try {
                            var connection = server.accept();
                            accepted.add(connection);
                            if (breaksOff) {
                                connection.setSoLinger(true, 0); // a reset
                                connection.close();
                            }
                        } catch (IOException _) {
                            // closed
                        }
                    }
                });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        for (var connection : accepted) connection.close();
    }

    interface Use {
        void of(AwsWiring wiring);
    }

    static Stream<Use> each_client_gives_up_in_time() {
        return Stream.of(
                wiring -> wiring.apiKeys().keys(),
                wiring -> wiring.schedules().automations(),
                wiring -> wiring.announcements().announce(List.of(new Announcement("type", "{}"))));
    }

    @ParameterizedTest
    @MethodSource
    void each_client_gives_up_in_time(Use use) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    assertThatThrownBy(() -> use.of(wiring())).isInstanceOf(SdkException.class);
                });
        assertThat(accepted).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("each_client_gives_up_in_time")
    void each_client_repeats_what_was_broken_off(Use use) {
        breaksOff = true;
        assertThatThrownBy(() -> use.of(wiring())).isInstanceOf(SdkException.class);
        assertThat(accepted).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void an_endpoint_answers_although_aws_is_silent() {
        var reply = new ListTaskAutomations(wiring()).reply(CallBuilder.call().build());

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.body()).contains("server_error");
    }

    /// Two calls in vain one after the other must fit into a function's 29 seconds.
    @Test
    void the_functions_time_is_enough_for_two_calls_in_vain() {
        assertThat(AwsWiring.ATTEMPT_TIMEOUT.multipliedBy(3 * 2))
                .isLessThan(Duration.ofSeconds(27));
    }

    private AwsWiring wiring() {
        var credentials =
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));
        return new AwsWiring(
                SETTINGS,
                Clock.systemUTC(),
                redirected(AwsWiring.connections(ATTEMPT)),
                credentials);
    }

    /// Sends all requests to the server of this test.
    private SdkHttpClient redirected(SdkHttpClient http) {
        return new SdkHttpClient() {
            @Override
            public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
                var here =
                        request.httpRequest().toBuilder()
                                .protocol("http")
                                .host(server.getInetAddress().getHostAddress())
                                .port(server.getLocalPort())
                                .build();
                return http.prepareRequest(
                        HttpExecuteRequest.builder()
                                .request(here)
                                .contentStreamProvider(request.contentStreamProvider().orElse(null))
                                .build());
            }

            @Override
            public void close() {
                http.close();
            }
        };
    }
}
