package nightshift.local;

import static nightshift.run.ArtifactsContract.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import nightshift.run.Artifacts;
import nightshift.run.ArtifactsContract;
import nightshift.run.StorageLinks;
import nightshift.run.StoragePath;
import nightshift.run.StoredArtifact;
import nightshift.run.UploadForm;
import nightshift.s3.ContentDisposition;
import nightshift.s3.S3Artifacts;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

class S3ArtifactsTest implements ArtifactsContract {
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final String BOUNDARY = "between-the-fields";

    private final S3Client s3 = S3Server.client();
    private final String bucket = S3Server.bucket(s3);
    private final Artifacts artifacts = artifacts(bucket, UrlConnectionHttpClient.create());
    private final StorageLinks links = links(Clock.systemUTC());
    private final HttpClient http = HttpClient.newHttpClient();

    @Override
    public Artifacts artifacts() {
        return artifacts;
    }

    @AfterEach
    void close() {
        http.close();
        s3.close();
    }

    @Test
    void keeps_what_a_key_and_a_file_may_hold() throws IOException {
        for (var name : List.of("a b+c&d=e%20f?.txt", "日本 ü'()*!~.txt", "(1).tar.gz")) {
            var path = path(name);
            for (int length : new int[] {0, 1, 300_000, 5 << 20}) {
                var content = new byte[length];
                new Random(length).nextBytes(content);
                artifacts.put(path, content, "application/x-tar");
                assertThat(artifacts.find(path))
                        .contains(new StoredArtifact(length, "application/x-tar"));
                try (var stored = artifacts.open(path).orElseThrow()) {
                    assertThat(stored.readAllBytes()).isEqualTo(content);
                }
            }
        }
    }

    @Test
    void a_connection_that_always_breaks_is_an_error_after_some_attempts() {
        var wire = new FaultInjectingHttpClient();
        for (int i = 0; i < 10; i++) wire.breakOff("HEAD", "/");
        assertThatThrownBy(() -> artifacts(bucket, wire).find(path("a.txt")))
                .isInstanceOf(SdkException.class)
                .hasMessageContaining("Broken pipe");
        assertThat(wire.calls()).hasSizeBetween(3, 5);
    }

    @Test
    void what_is_refused_is_an_error_at_once_that_says_why() {
        var wire = new FaultInjectingHttpClient();
        var elsewhere = artifacts("missing-bucket", wire);
        assertThatThrownBy(() -> elsewhere.open(path("a.txt")))
                .isInstanceOf(SdkException.class)
                .hasMessageContaining("The specified bucket does not exist")
                .hasMessageContaining("404");
        assertThat(wire.calls()).hasSize(1);
    }

    @Test
    void a_link_downloads_the_file_under_its_name() throws IOException, InterruptedException {
        var path = path("Überblick \"1\" 日本.html");
        artifacts.put(path, "<p>é</p>".getBytes(UTF_8), "text/html");
        var url = links.artifact(path, path.fileName(), "text/html", LIFE).orElseThrow().url();
        var downloaded = get(url);
        assertThat(downloaded.statusCode()).isEqualTo(200);
        assertThat(downloaded.body()).isEqualTo("<p>é</p>");
        assertThat(downloaded.headers().firstValue("Content-Disposition"))
                .contains(ContentDisposition.attachment("Überblick \"1\" 日本.html"));
        assertThat(downloaded.headers().firstValue("Content-Type")).contains("text/html");
    }

    @Test
    void a_type_that_no_header_carries_is_stored_as_any_bytes() {
        for (var type : List.of("é", "text/plain\r\nX-Amz-Meta-Other: 1", "🌙")) {
            var path = path("a.txt");
            artifacts.put(path, "a".getBytes(UTF_8), type);
            assertThat(artifacts.find(path))
                    .contains(new StoredArtifact(1, "application/octet-stream"));
            assertThat(links.artifactUpload(path, type, 1, LIFE)).isPresent();
        }
    }

    @Test
    void a_link_opens_nothing_but_its_file() throws IOException, InterruptedException {
        var path = path("one.txt");
        var other = new StoragePath(path.value().replace("one", "two"));
        artifacts.put(path, "1".getBytes(UTF_8), "text/plain");
        artifacts.put(other, "2".getBytes(UTF_8), "text/plain");
        String url =
                links.artifact(path, path.fileName(), "text/html", LIFE)
                        .orElseThrow()
                        .url()
                        .toString();
        assertThat(get(URI.create(url)).body()).isEqualTo("1");
        assertThat(get(URI.create(url.replace("one.txt?", "two.txt?"))).statusCode())
                .isEqualTo(403);
        assertThat(get(URI.create(url.replace("attachment", "inline"))).statusCode())
                .isEqualTo(403);
        assertThat(get(URI.create(url.replaceAll("\\?.*", ""))).statusCode()).isEqualTo(403);
    }

    @Test
    void a_link_ends_when_it_says() throws IOException, InterruptedException {
        var path = path("late.txt");
        artifacts.put(path, "1".getBytes(UTF_8), "text/plain");
        var brief =
                links.artifact(path, "late.txt", "text/plain", Duration.ofSeconds(1)).orElseThrow();
        assertThat(brief.expiresIn()).isEqualTo(Duration.ofSeconds(1));
        LocalFixture.await("its end", () -> get(brief.url()).statusCode(), 403);
        assertThat(
                        get(links.artifact(path, path.fileName(), "text/html", LIFE)
                                        .orElseThrow()
                                        .url())
                                .statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_form_uploads_one_file_of_its_type_and_size() throws IOException, InterruptedException {
        var path = path("Überblick \"1\".txt");
        var form = links.artifactUpload(path, "text/plain", 5, LIFE).orElseThrow();
        assertThat(post(form, form.fields(), "12345")).isEqualTo(204);
        assertThat(artifacts.find(path)).contains(new StoredArtifact(5, "text/plain"));
    }

    @Test
    void a_form_uploads_nothing_else() throws IOException, InterruptedException {
        var path = path("file.txt");
        var form = links.artifactUpload(path, "text/plain", 5, LIFE).orElseThrow();
        assertThat(post(form, form.fields(), "123456")).isEqualTo(400);
        assertThat(post(form, with(form, "key", path.value() + "2"), "12345")).isEqualTo(403);
        assertThat(post(form, with(form, "Content-Type", "text/html"), "12345")).isEqualTo(403);
        assertThat(post(form, with(form, "x-amz-signature", "0".repeat(64)), "12345"))
                .isEqualTo(403);
        assertThat(artifacts.find(path)).isEmpty();
        assertThat(artifacts.find(new StoragePath(path.value() + "2"))).isEmpty();
    }

    @Test
    void a_form_ends_when_it_says() throws IOException, InterruptedException {
        var earlier = Clock.fixed(Instant.now().minus(LIFE).minusSeconds(5), ZoneOffset.UTC);
        var path = path("late.txt");
        var form = links(earlier).artifactUpload(path, "text/plain", 5, LIFE).orElseThrow();
        assertThat(post(form, form.fields(), "12345")).isEqualTo(403);
        assertThat(artifacts.find(path)).isEmpty();
    }

    private static Artifacts artifacts(String bucket, SdkHttpClient http) {
        return new S3Artifacts(S3Server.client(http), bucket);
    }

    private StorageLinks links(Clock clock) {
        return S3Server.links(bucket, clock);
    }

    private HttpResponse<String> get(URI url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static Map<String, String> with(UploadForm form, String name, String value) {
        var changed = new LinkedHashMap<>(form.fields());
        changed.put(name, value);
        return changed;
    }

    private int post(UploadForm form, Map<String, String> fields, String file)
            throws IOException, InterruptedException {
        var body = new ByteArrayOutputStream();
        fields.forEach((name, value) ->
                body.writeBytes(
                        ("--"
                                        + BOUNDARY
                                        + "\r\nContent-Disposition: form-data; name=\""
                                        + name
                                        + "\"\r\n\r\n"
                                        + value
                                        + "\r\n")
                                .getBytes(UTF_8)));
        body.writeBytes(
                ("--"
                                + BOUNDARY
                                + "\r\n"
                                + "Content-Disposition: form-data; name=\"file\";"
                                + " filename=\"x\"\r\n\r\n"
                                + file
                                + "\r\n--"
                                + BOUNDARY
                                + "--\r\n")
                        .getBytes(UTF_8));
        var request =
                HttpRequest.newBuilder(form.url())
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }
}
