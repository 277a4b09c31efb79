package nightshift.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;

import org.junit.jupiter.api.Test;

import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class StandardWebhookTest {
    @Test
    void signs_as_the_vector_of_the_specifications_own_tests_says() {
        var headers =
                StandardWebhook.headers(
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        Instant.ofEpochSecond(1_614_265_330),
                        "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8));

        assertThat(headers)
                .containsExactly(
                        Map.entry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                        Map.entry("webhook-timestamp", "1614265330"),
                        Map.entry(
                                "webhook-signature",
                                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    @Test
    void the_specifications_own_library_verifies_a_signature() {
        var secret = StandardWebhook.newSecret();
        var body = "{\"type\": \"run_failed\", \"data\": {\"reason\": \"ü 🌙\"}}";
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var headers = StandardWebhook.headers(secret, "msg_1", Instant.now(), bytes);

        assertThatCode(() -> new Webhook(secret).verify(body, headers(headers)))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> new Webhook(secret).verify(body + " ", headers(headers)))
                .isInstanceOf(WebhookVerificationException.class);
        assertThatThrownBy(() ->
                        new Webhook(StandardWebhook.newSecret()).verify(body, headers(headers)))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @Test
    void every_secret_is_another_of_32_bytes() {
        var secrets = new HashSet<String>();
        for (int n = 0; n < 100; n++) {
            var secret = StandardWebhook.newSecret();
            assertThat(secret).startsWith("whsec_");
            assertThat(Base64.getDecoder().decode(secret.substring(6))).hasSize(32);
            secrets.add(secret);
        }
        assertThat(secrets).hasSize(100);
    }

    private static HttpHeaders headers(Map<String, String> headers) {
        var lists = new TreeMap<String, List<String>>();
        headers.forEach((name, value) -> lists.put(name, List.of(value)));
        return HttpHeaders.of(lists, (_, _) -> true);
    }
}
