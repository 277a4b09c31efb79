package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.functions.lambda.HandlerInvoker;
import nightshift.functions.site.RetrieveConsole;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// The console's page and files, as the function serves them.
class ConsoleFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LOADED =
            Pattern.compile(
                    "(?:from\\s*|import\\s*\\(?\\s*|new URL\\(\\s*|src=|href=)[\"']([^\"':{}]+\\.(?:js|css))[\"']");

    /// Only the bucket's URL may be asked for, so no table.
    private final RetrieveConsole console = new RetrieveConsole(ConsoleStub.bucket());

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, JsonNode headers, byte[] body) {
        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.path(name).asText();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | 302",
                "application/json;q=0.5, text/html | 302",
                "text/html;q=0.4, application/json;q=0.9 | 404",
                "application/json | 404",
                "text/html;q=0 | 404",
                "*/* | 404",
            })
    void sends_browsers_from_the_root_to_the_console(String accepted, int status) {
        var answer = get("/", "/", null, Map.of("Accept", accepted));

        assertThat(answer.status()).isEqualTo(status);
        if (status == 302) {
            assertThat(answer.header("Location")).isEqualTo("https://api.example/prod/console/");
        } else {
            assertThat(answer.text()).contains("Endpoint not found.");
        }
    }

    @Test
    void a_caller_of_the_root_that_names_no_type_gets_404() {
        assertThat(get("/", "/", null, Map.of()).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console", "/console/"})
    void the_page_names_its_files_below_the_stage(String path) {
        var page = get("/console", path, null, Map.of());

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.text())
                .contains("src=\"/prod/console/js/main.js\"")
                .contains("href=\"/prod/console/console.css\"");
    }

    @Test
    void the_policy_allows_the_api_and_the_bucket_only() {
        assertThat(get("/console", "/console/", null, Map.of()).header("Content-Security-Policy"))
                .isEqualTo(
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                                + " connect-src 'self' https://b.s3.us-east-1.amazonaws.com; base-uri"
                                + " 'none'; form-action 'none'; frame-ancestors 'none'");
    }

    @Test
    void has_no_script_and_no_style_in_its_markup() {
        files().forEach((name, file) -> {
            var text = file.text();
            assertThat(text).as(name).doesNotContainPattern("<[a-zA-Z][^>]*\\sstyle=");
            assertThat(text).as(name).doesNotContainPattern("<[a-zA-Z][^>]*\\son[a-z]+=");
            if (!name.startsWith("lit/")) {
                assertThat(text)
                        .as(name)
                        .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(");
            }
        });
        assertThat(page().text()).doesNotContainPattern("<script(?![^>]*src=)[^>]*>");
    }

    @Test
    void is_small() {
        long size =
                files().values().stream().mapToLong(file -> file.body().length).sum()
                        + page().body().length;
        long packed =
                files().keySet().stream()
                                .mapToLong(name -> packed("/console/{proxy+}", name).length)
                                .sum()
                        + packed("/console", null).length;

        assertThat(files()).containsKeys("console.css", "js/main.js", "lit/lit-html.js");
        assertThat(packed).as("of %d bytes", size).isLessThan(150_000).isPositive();
    }

    @Test
    void a_known_file_is_not_sent_again() {
        var first = file("js/main.js", Map.of());
        var again = file("js/main.js", Map.of("If-None-Match", first.header("ETag")));
        var other = file("js/main.js", Map.of("If-None-Match", "\"another\""));

        assertThat(first.header("Cache-Control")).isEqualTo("no-cache");
        assertThat(first.header("Content-Type")).isEqualTo("text/javascript; charset=utf-8");
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(other.status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "js/none.js",
                "../openapi.yaml",
                "js/../index.html",
                "js",
                "",
                "/",
                ".",
                "%"
            })
    void serves_nothing_else(String name) {
        var answer = file(name, Map.of());

        if (name.replace("/", "").isEmpty()) {
            assertThat(answer.text()).isEqualTo(page().text());
        } else {
            assertThat(answer.status()).isEqualTo(404);
        }
    }

    private Answer page() {
        return get("/console", "/console/", null, Map.of());
    }

    private Answer file(String name, Map<String, String> headers) {
        return get("/console/{proxy+}", "/console/" + name, name, headers);
    }

    /// All files that the page loads, directly or through another file.
    private Map<String, Answer> files() {
        var found = new TreeMap<String, Answer>();
        var open = new ArrayDeque<String>(List.of("console.css", "js/main.js"));
        while (!open.isEmpty()) {
            var name = open.pop();
            if (found.containsKey(name)) continue;
            var answer = file(name, Map.of());
            assertThat(answer.status()).as(name).isEqualTo(200);
            found.put(name, answer);
            LOADED.matcher(answer.text())
                    .results()
                    .map(match ->
                            URI.create("/" + name).resolve(match.group(1)).getPath().substring(1))
                    .forEach(open::push);
        }
        return found;
    }

    private byte[] packed(String resource, @Nullable String name) {
        var path = "/console/" + (name == null ? "" : name);
        var packed = get(resource, path, name, Map.of("Accept-Encoding", "gzip, br"));
        assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
            assertThat(unpacked.readAllBytes()).isNotEmpty();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return packed.body();
    }

    private Answer get(
            String resource, String path, @Nullable String proxy, Map<String, String> headers) {
        var event =
                JSON.createObjectNode()
                        .put("httpMethod", "GET")
                        .put("resource", resource)
                        .put("path", path);
        event.putObject("requestContext")
                .put("domainName", "api.example")
                .put("path", "/prod" + path);
        var sent = event.putObject("headers");
        headers.forEach(sent::put);
        if (proxy != null) event.putObject("pathParameters").put("proxy", proxy);
        try {
            var answer =
                    JSON.readTree(
                            HandlerInvoker.of(console).invoke(JSON.writeValueAsBytes(event), null));
            var body = answer.path("body").asText();
            return new Answer(
                    answer.path("statusCode").asInt(),
                    answer.path("headers"),
                    answer.path("isBase64Encoded").asBoolean()
                            ? Base64.getDecoder().decode(body)
                            : body.getBytes(StandardCharsets.UTF_8));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
