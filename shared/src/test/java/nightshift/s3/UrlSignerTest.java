package nightshift.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

class UrlSignerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void keys_that_do_not_end_sign_for_an_hour_at_most() {
        var signer = signer(() -> AwsBasicCredentials.create("key", "secret"));
        assertThat(life(signer, HOUR)).isEqualTo(HOUR);
        assertThat(life(signer, Duration.ofDays(1))).isEqualTo(HOUR);
        assertThat(life(signer, Duration.ofMinutes(3))).isEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void a_link_never_outlives_the_credentials_that_signed_it() {
        var signer = signer(() -> session("one", NOW.plusSeconds(600).plusMillis(900)));
        assertThat(life(signer, HOUR)).isEqualTo(Duration.ofMinutes(10));
        var link = signer.get(get -> get.bucket("bucket").key("key"), HOUR).orElseThrow();
        assertThat(link.url().getQuery())
                .contains("X-Amz-Expires=600", "X-Amz-Security-Token=token-one");
        var form = signer.post("bucket", "key", "text/plain", 1, HOUR).orElseThrow();
        assertThat(form.expiresIn()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void asks_for_credentials_at_every_signing() {
        var current = new AtomicReference<AwsCredentials>(session("snapshot", NOW.plusSeconds(30)));
        var signer = signer(current::get);
        assertThat(life(signer, HOUR)).isEqualTo(Duration.ofSeconds(30));
        current.set(session("restored", NOW.plusSeconds(7200)));
        var link = signer.get(get -> get.bucket("bucket").key("key"), HOUR).orElseThrow();
        assertThat(link.expiresIn()).isEqualTo(HOUR);
        assertThat(link.url().getQuery()).contains("token-restored").doesNotContain("snapshot");
    }

    @Test
    void signs_nothing_without_credentials_that_live() {
        var ended = signer(() -> session("old", NOW));
        assertThat(ended.get(get -> get.bucket("bucket").key("key"), HOUR)).isEmpty();
        assertThat(ended.post("bucket", "key", "text/plain", 1, HOUR)).isEmpty();
        var none =
                signer(() -> {
                    throw SdkClientException.create("no credentials");
                });
        assertThat(none.get(get -> get.bucket("bucket").key("key"), HOUR)).isEmpty();
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void links_go_where_the_client_goes() {
        var basic = AwsBasicCredentials.create("key", "secret");
        assertThat(urls(signer(() -> basic)))
                .containsExactly(
                        "https://bucket.s3.eu-central-1.amazonaws.com/a/b",
                        "https://bucket.s3.eu-central-1.amazonaws.com/");
        System.setProperty("aws.endpointUrlS3", "http://127.0.0.1:9876");
        try {
            assertThat(urls(signer(() -> basic)))
                    .containsExactly(
                            "http://127.0.0.1:9876/bucket/a/b", "http://127.0.0.1:9876/bucket/");
        } finally {
            System.clearProperty("aws.endpointUrlS3");
        }
    }

    private static String[] urls(UrlSigner signer) {
        URI get =
                signer.get(request -> request.bucket("bucket").key("a/b"), HOUR)
                        .orElseThrow()
                        .url();
        URI post = signer.post("bucket", "a/b", "text/plain", 1, HOUR).orElseThrow().url();
        return new String[] {get.toString().replaceAll("\\?.*", ""), post.toString()};
    }

    private static Duration life(UrlSigner signer, Duration wanted) {
        return signer.get(get -> get.bucket("bucket").key("key"), wanted).orElseThrow().expiresIn();
    }

    private static AwsSessionCredentials session(String name, Instant ends) {
        return AwsSessionCredentials.builder()
                .accessKeyId("key")
                .secretAccessKey("secret")
                .sessionToken("token-" + name)
                .expirationTime(ends)
                .build();
    }

    private static UrlSigner signer(AwsCredentialsProvider credentials) {
        var s3 =
                S3Client.builder()
                        .region(Region.EU_CENTRAL_1)
                        .credentialsProvider(credentials)
                        .httpClient(UrlConnectionHttpClient.create())
                        .build();
        return new UrlSigner(s3, Clock.fixed(NOW, ZoneOffset.UTC));
    }
}
