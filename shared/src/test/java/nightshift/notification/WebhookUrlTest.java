package nightshift.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.notification.WebhookUrl.RefusedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Set;

class WebhookUrlTest {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://hooks.slack.com/services/T0/B0/x",
                "https://example.com",
                "https://EXAMPLE.com:8443/a?b=c#d",
                "https://xn--bcher-kva.example/",
                "https://1.1.1.1/",
                "https://[2606:4700:4700::1111]/",
                "https://1password.com/x",
                "https://a.0x7g.example/"
            })
    void allows_public_hosts(String url) throws RefusedException {
        assertThat(WebhookUrl.parse(url, Set.of())).hasToString(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/",
                "https://169.254.169.254/latest/meta-data",
                "https://[::ffff:10.0.0.1]/",
                "https://[::ffff:a00:1]/",
                "https://[::ffff:8.8.8.8]/",
                "https://[::ffff:0:10.0.0.1]/",
                "https://[::10.0.0.1]/",
                "https://[::1]/",
                "https://[::]/",
                "https://[0:0:0:0:0:0:0:1]/",
                "https://[fe80::1]/",
                "https://[fe80::1%25lo]/",
                "https://[2606:4700:4700::1111%25lo]/",
                "https://[fc00::1]/",
                "https://[64:ff9b::a9fe:a9fe]/",
                "https://[2002:a9fe:a9fe::]/",
                "https://[v1.x]/",
                "https://127.0.0.1/",
                "https://127.1/",
                "https://127.0.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0x7f.1/",
                "https://0x7F.0.0.0x1/",
                "https://017700000001/",
                "https://0177.0.0.1/",
                "https://010.0.0.1/",
                "https://08.8.8.8/",
                "https://256.1.1.1/",
                "https://1.1.1/",
                "https://1.1.1.1./",
                "https://example.com./",
                "https://example.1/",
                "https://example.0x1/",
                "https://example.0x/",
                "https://10.0.0.1/",
                "https://192.168.0.1/",
                "https://100.64.0.1/",
                "https://0.0.0.0/",
                "https://0/",
                "https://224.0.0.1/",
                "https://255.255.255.255/",
                "https://localhost/",
                "https://LOCALHOST/",
                "https://a.localhost/",
                "https://printer/",
                "https://db.internal/",
                "https://nas.local/",
                "https://router.home.arpa/",
                "https://user@example.com/",
                "https://user:password@example.com/",
                "https://example.com@127.0.0.1/",
                "https://@example.com/",
                "https://example.com:0/",
                "https://example.com:65536/",
                "https://example.com:x/",
                "https://%31%32%37.0.0.1/",
                "https://①②⑦.0.0.1/",
                "https://127。0。0。1/",
                "https://exa_mple.com/",
                "https://-a.example/",
                "https:///path",
                "https:/example.com",
                "https:example.com",
                "//example.com/",
                "example.com",
                "https://example.com/a b",
                "https://example.com/a\r\nHost: x",
                "https://example.com/é",
                "https://example.com\\@127.0.0.1/",
                "http://example.com/",
                "ftp://example.com/",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "https://"
            })
    void refuses_the_rest(String url) {
        assertThatThrownBy(() -> WebhookUrl.parse(url, Set.of()))
                .isInstanceOf(RefusedException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:9/x?y, true",
        "https://localhost/, true",
        "http://LocalHost:8080/, true",
        "http://[::1]:9/, true",
        "http://127.0.0.2/, false",
        "http://127.1/, false",
        "http://user@localhost/, false",
        "http://10.0.0.1/, false",
        "http://example.com/, false",
        "ftp://localhost/, false",
        "https://169.254.169.254/, false"
    })
    void allows_exempt_hosts_by_name_alone(String url, boolean allowed) {
        try {
            WebhookUrl.parse(url, LOOPBACK);
            assertThat(allowed).isTrue();
        } catch (RefusedException _) {
            assertThat(allowed).isFalse();
        }
    }

    @Test
    void a_refusal_does_not_repeat_the_url() {
        assertThatThrownBy(() -> WebhookUrl.parse("https://user:hunter2@example.com/", Set.of()))
                .hasMessage("A URL with a user or a password is not allowed.");
        assertThatThrownBy(() -> WebhookUrl.parse("https://[hunter2/", Set.of()))
                .hasMessage("Enter a valid URL.");
    }
}
