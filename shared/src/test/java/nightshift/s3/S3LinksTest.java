package nightshift.s3;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.run.StoragePath;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

class S3LinksTest {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final AwsCredentialsProvider BASIC =
            () -> AwsBasicCredentials.create("key", "secret");

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
        var link = signer.get("key", null, HOUR).orElseThrow();
        assertThat(link.url().getQuery())
                .contains("X-Amz-Expires=600", "X-Amz-Security-Token=token-one");
        var form =
                signer.artifactUpload(new StoragePath("key"), "text/plain", 1, HOUR).orElseThrow();
        assertThat(form.expiresIn()).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void asks_for_credentials_at_every_signing() {
        var current = new AtomicReference<AwsCredentials>(session("snapshot", NOW.plusSeconds(30)));
        var signer = signer(current::get);
        assertThat(life(signer, HOUR)).isEqualTo(Duration.ofSeconds(30));
        current.set(session("restored", NOW.plusSeconds(7200)));
        var link = signer.get("key", null, HOUR).orElseThrow();
        assertThat(link.expiresIn()).isEqualTo(HOUR);
        assertThat(link.url().getQuery()).contains("token-restored").doesNotContain("snapshot");
    }

    @Test
    void signs_nothing_without_credentials_that_live() {
        var ended = signer(() -> session("old", NOW));
        assertThat(ended.get("key", null, HOUR)).isEmpty();
        assertThat(ended.artifactUpload(new StoragePath("key"), "text/plain", 1, HOUR)).isEmpty();
        var none =
                signer(() -> {
                    throw SdkClientException.create("no credentials");
                });
        assertThat(none.get("key", null, HOUR)).isEmpty();
    }

    @Test
    void links_go_where_the_client_would_go() {
        for (var endpoint : List.of("", "http://127.0.0.1:9876")) {
            var signer = signer(BASIC, endpoint);
            var s3 = client(BASIC, endpoint).utilities();
            for (var key : List.of("a/b", "a//b", "ü +&%/日本 .txt")) {
                var url = signer.get(key, null, HOUR).orElseThrow().url();
                assertThat(url.toString())
                        .startsWith(s3.getUrl(get -> get.bucket("bucket").key(key)) + "?");
            }
            var form =
                    signer.artifactUpload(new StoragePath("a/b"), "text/plain", 1, HOUR)
                            .orElseThrow();
            assertThat(s3.getUrl(get -> get.bucket("bucket").key("a/b")))
                    .hasToString(form.url() + "a/b");
        }
    }

    @Test
    void a_link_is_signed_as_the_sdk_signs_it() {
        var signed = signer(BASIC, "").get("a b", "x; y=\"z\"", HOUR).orElseThrow();
        try (var presigner =
                S3Presigner.builder()
                        .region(Region.EU_CENTRAL_1)
                        .credentialsProvider(BASIC)
                        .build()) {
            var theirs =
                    presigner.presignGetObject(presign ->
                            presign.signatureDuration(HOUR)
                                    .getObjectRequest(get ->
                                            get.bucket("bucket")
                                                    .key("a b")
                                                    .responseContentDisposition("x; y=\"z\"")));
            assertThat(parameters(signed.url())).isEqualTo(parameters(theirs.url().toURI()));
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Duration life(S3Links signer, Duration wanted) {
        return signer.get("key", null, wanted).orElseThrow().expiresIn();
    }

    private static AwsSessionCredentials session(String name, Instant ends) {
        return AwsSessionCredentials.builder()
                .accessKeyId("key")
                .secretAccessKey("secret")
                .sessionToken("token-" + name)
                .expirationTime(ends)
                .build();
    }

    /// All of a link but what depends on the second in which it was made.
    private static String parameters(URI link) {
        return link.toString().replaceAll("20\\d{6}(T\\d{6}Z)?|(?<=Signature=).*", "");
    }

    private static S3Links signer(AwsCredentialsProvider credentials) {
        return signer(credentials, "");
    }

    private static S3Links signer(AwsCredentialsProvider credentials, String endpoint) {
        var presigner =
                S3Presigner.builder().region(Region.EU_CENTRAL_1).credentialsProvider(credentials);
        if (!endpoint.isEmpty()) presigner.endpointOverride(URI.create(endpoint));
        return new S3Links(
                client(credentials, endpoint),
                presigner.build(),
                "bucket",
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static S3Client client(AwsCredentialsProvider credentials, String endpoint) {
        var builder =
                S3Client.builder()
                        .region(Region.EU_CENTRAL_1)
                        .credentialsProvider(credentials)
                        .httpClient(UrlConnectionHttpClient.create());
        if (!endpoint.isEmpty()) builder.endpointOverride(URI.create(endpoint));
        return builder.build();
    }
}
