package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.local.Settings.Port;
import nightshift.testing.Together;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Tests uploads and downloads of artifacts over HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class RunArtifactsEndToEndTest {
    private @TempDir static Path state;
    private LocalServer server;
    private ApiClient client;

    @BeforeAll
    void open() {
        server = LocalServer.start(Settings.forTest(LocalFixture.TEMPLATE, state));
        client = new ApiClient(server.url(Port.API), server.keys().write());
    }

    @AfterAll
    void close() {
        client.close();
        server.close();
    }

    @Test
    void the_manifest_keeps_fifty_uploads_and_fifty_finalizations_at_once() throws Exception {
        var run = client.run(client.task());
        var prepared = new ArrayList<JsonNode>();
        client.posted(
                        run + "/artifacts/prepare_upload/",
                        listed(
                                IntStream.range(0, 50)
                                        .mapToObj(n ->
                                                "{\"name\": \"big%d.bin\", \"type\": \"output\", \"size\": 3}"
                                                        .formatted(n))
                                        .toList()))
                .path("artifacts")
                .forEach(prepared::add);
        for (var one : prepared) {
            assertThat(client.upload(one.path("presigned_post"), new byte[] {1, 2, 3}))
                    .isBetween(200, 204);
        }

        Together.all(100, n -> n < 50 ? inline(run, n) : finalized(run, prepared.get(n - 50)));

        var names =
                client.get(run).path("artifacts").findValuesAsText("name").stream()
                        .sorted()
                        .toList();
        assertThat(names)
                .isEqualTo(
                        IntStream.range(0, 50)
                                .boxed()
                                .flatMap(n ->
                                        List.of("big" + n + ".bin", "in" + n + ".txt").stream())
                                .sorted()
                                .toList());
    }

    @Test
    void a_presigned_link_downloads_every_byte_under_the_name_and_opens_nothing_else() {
        var run = client.run(client.task());
        var content = new byte[1 << 20];
        new Random(5).nextBytes(content);
        var stored =
                client.posted(
                                run + "/artifacts/",
                                listed(
                                        List.of(
                                                """
                                                {"name": "../Überblick \\"1\\".bin", "type": "output",
                                                 "content_encoding": "base64", "content": "%s"}
                                                """
                                                        .formatted(
                                                                Base64.getEncoder()
                                                                        .encodeToString(content)))))
                        .at("/artifacts/0");
        var path = stored.path("storage_path").asText();
        var signed =
                client.posted(
                        run + "/artifacts/presign/",
                        "{\"storage_path\": \"%s\"}".formatted(path.replace("\"", "\\\"")));

        var url = signed.path("url").asText();
        var downloaded = client.fetch(URI.create(url));
        assertThat(downloaded.statusCode()).isEqualTo(200);
        assertThat(downloaded.body()).isEqualTo(content);
        assertThat(downloaded.headers().firstValue("Content-Disposition").orElseThrow())
                .startsWith("attachment; ")
                .endsWith("filename*=UTF-8''%C3%9Cberblick%20%221%22.bin");
        for (var parameter : List.of("X-Amz-Signature=", "X-Amz-Expires=", "X-Amz-Date=")) {
            int at = url.indexOf(parameter) + parameter.length();
            char other = url.charAt(at) == '1' ? '2' : '1';
            var changed = url.substring(0, at) + other + url.substring(at + 1);
            assertThat(client.fetch(URI.create(changed)).statusCode()).as(parameter).isEqualTo(403);
        }
    }

    @Test
    void storage_itself_refuses_one_byte_more_than_the_form_allows() {
        var run = client.run(client.task());
        var form =
                client.posted(
                                run + "/artifacts/prepare_upload/",
                                listed(
                                        List.of(
                                                "{\"name\": \"f\", \"type\": \"output\", \"size\": 10}")))
                        .at("/artifacts/0/presigned_post");

        assertThat(client.upload(form, new byte[10 + 65_536 + 1])).isEqualTo(400);
        assertThat(client.upload(form, new byte[10 + 65_536])).isBetween(200, 204);
    }

    private String inline(String run, int number) {
        return client.posted(
                        run + "/artifacts/",
                        listed(
                                List.of(
                                        "{\"name\": \"in%d.txt\", \"type\": \"output\", \"content\": \"x\"}"
                                                .formatted(number))))
                .toString();
    }

    private String finalized(String run, JsonNode prepared) {
        return client.posted(
                        run + "/artifacts/finalize_upload/",
                        listed(
                                List.of(
                                        "{\"id\": \"%s\", \"name\": \"%s\", \"type\": \"output\", \"storage_path\": \"%s\"}"
                                                .formatted(
                                                        prepared.path("id").asText(),
                                                        prepared.path("name").asText(),
                                                        prepared.path("storage_path").asText()))))
                .toString();
    }

    private static String listed(List<String> artifacts) {
        return artifacts.stream().collect(Collectors.joining(",", "{\"artifacts\": [", "]}"));
    }
}
