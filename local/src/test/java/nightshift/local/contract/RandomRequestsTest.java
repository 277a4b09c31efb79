package nightshift.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import nightshift.json.RandomJson;
import nightshift.local.OpenApiSchema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Sends hostile requests to each operation of `docs/openapi.yaml`, with and without keys. No
/// answer is a 5xx, and none is slow. The requests go through a socket, because an HTTP client
/// would refuse most of them.
class RandomRequestsTest {
    @RegisterExtension static final Stack STACK = new Stack();

    private static final int BODIES = Integer.getInteger("nightshift.bodies", 5_000);
    private static final int QUERIES = Integer.getInteger("nightshift.queries", 2_000);
    private static final long SEED = Long.getLong("nightshift.seed", 20_261_128);
    private static final int CALLERS = 4;
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final int TIMEOUT_MILLISECONDS = 60_000;

    @Test
    void random_bodies_get_an_answer(Api api) throws Exception {
        send(api, BODIES, Caller::bodied);
    }

    @Test
    void random_queries_and_headers_get_an_answer(Api api) throws Exception {
        send(api, QUERIES, Caller::queried);
    }

    private interface Kind {
        byte[] request(Caller caller);
    }

    private static void send(Api api, int requests, Kind kind) throws Exception {
        var callers = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < CALLERS; i++) {
            var caller = new Caller(api.freshProject("Random"), new Random(SEED + i));
            callers.add(() -> caller.send(requests / CALLERS, kind));
        }
        int refused = 0;
        try (var threads = Executors.newFixedThreadPool(CALLERS)) {
            for (var sent : threads.invokeAll(callers)) refused += sent.get();
        }
        assertThat(refused).as("refusals").isBetween(requests / 4, requests);
    }

    private static final class Caller {
        private static final List<String> FIELDS =
                List.of(
                        "after_failures",
                        "artifacts",
                        "branch",
                        "ci_prompt",
                        "content",
                        "content_encoding",
                        "content_type",
                        "cron_expression",
                        "description",
                        "enabled",
                        "entries",
                        "environment",
                        "error_message",
                        "github_integration",
                        "id",
                        "internal",
                        "json_schema",
                        "mode",
                        "name",
                        "origin_product",
                        "output",
                        "pending_user_message",
                        "personal_api_key",
                        "prompt",
                        "repository",
                        "resume_from_run_id",
                        "run_id",
                        "size",
                        "source",
                        "stage",
                        "state",
                        "state_remove_keys",
                        "status",
                        "storage_path",
                        "template_id",
                        "timezone",
                        "title",
                        "token",
                        "type");
        private static final List<String> PLAUSIBLE =
                List.of(
                        "\"text\"",
                        "\"0 9 * * 1-5\"",
                        "\"Europe/Berlin\"",
                        "\"acme/shop\"",
                        "\"output\"",
                        "\"base64\"",
                        "\"text/plain\"",
                        "\"queued\"",
                        "\"local\"",
                        "true",
                        "null",
                        "1",
                        "[\"a\"]",
                        "{\"type\":\"object\"}",
                        "{\"a\":1}",
                        "[{\"n\":1}]",
                        "[{\"name\":\"a.txt\",\"type\":\"output\",\"content\":\"YQ==\",\"size\":1}]");
        private static final List<String> ODD_VALUES =
                List.of(
                        "",
                        "-",
                        "1e999999999",
                        "-1e-999999999",
                        "1".repeat(1_500),
                        "0." + "0".repeat(900) + "1",
                        "1E9999",
                        "\"\\u0000\"",
                        "\"\\ud800\"",
                        "\"\\udfff\\ud800\"",
                        "\"" + "x".repeat(70_000) + "\"",
                        "\"" + "\\u00e9".repeat(300) + "\"",
                        "\"\u202e\ufeff\u2028\"",
                        "[".repeat(400) + "]".repeat(400),
                        "[".repeat(100_000),
                        "{\"a\":".repeat(600) + "1" + "}".repeat(600),
                        "{\"\":{\"\":[null,{}]}}",
                        "{\"$ref\":\"#\"}",
                        "{\"$ref\":\"http://127.0.0.1:9/\"}",
                        "{\"pattern\":\"(\"}",
                        "{\"pattern\":\"((a{1000}){1000}){1000}\"}",
                        "{\"$id\":\":\",\"$anchor\":5,\"$defs\":[]}",
                        "{\"multipleOf\":1E-9999,\"maximum\":1E9999,\"minLength\":1E9999}",
                        "[1,2,]",
                        "NaN",
                        "'single'",
                        "// comment",
                        "\"a\" \"b\"",
                        "\"* * 31 2 *\"",
                        "\"../..\"",
                        "\"${filename}\"",
                        "\"text/plain\\r\\nX-Evil: 1\"",
                        "\"2026-01-01T00:00:00Z\"",
                        "[[[[\"a\"]]]]");
        private static final List<String> CONTENT_TYPES =
                List.of(
                        "application/json",
                        "application/json",
                        "application/json",
                        "application/json; charset=utf-16",
                        "APPLICATION/JSON;;;",
                        "application/x-www-form-urlencoded",
                        "multipart/form-data; boundary=b",
                        "multipart/form-data",
                        "multipart/form-data; boundary=",
                        "multipart/form-data; boundary=\"\"",
                        "multipart/form-data; boundary=" + "b".repeat(5_000),
                        "text/plain",
                        ";",
                        "/",
                        "a/b/c",
                        "\u00e9",
                        "");
        private static final List<String> QUERY_NAMES =
                List.of(
                        "",
                        "limit",
                        "offset",
                        "status",
                        "stage",
                        "repository",
                        "organization",
                        "created_by",
                        "search",
                        "internal",
                        "origin_product",
                        "event_types",
                        "exclude_types",
                        "after",
                        "from",
                        "to",
                        "expires",
                        "signature",
                        "personal_api_key",
                        "%",
                        "%00",
                        "a[]",
                        "limit[]");
        private static final List<String> QUERY_VALUES =
                List.of(
                        "",
                        "1",
                        "-1",
                        "0",
                        "99999999999999999999",
                        "1.5",
                        "1e9",
                        "true",
                        "%",
                        "%zz",
                        "%00",
                        "%ff%fe",
                        "%ed%a0%80",
                        "%25252525",
                        "+",
                        "a=b=c",
                        "2026-01-01T00:00:00Z",
                        "+999999999-12-31T23:59:59Z",
                        "-999999999-01-01T00:00:00+18:00",
                        "9999-99-99",
                        "acme/shop",
                        "_posthog/console,,,",
                        "phx_unknown",
                        "x".repeat(3_000));
        private static final List<String> HEADERS =
                List.of(
                        "Accept",
                        "Authorization",
                        "Content-Encoding",
                        "Content-Type",
                        "Cookie",
                        "If-Match",
                        "Idempotency-Key",
                        "Origin",
                        "Range",
                        "X-Forwarded-For",
                        "X-Forwarded-Host",
                        "X-HTTP-Method-Override");
        private static final List<String> HEADER_VALUES =
                List.of(
                        "",
                        "*",
                        "gzip",
                        "identity",
                        "bytes=0-",
                        "bytes=9-1,,",
                        "text/html;q=zzz",
                        "Bearer",
                        "Bearer ",
                        "bearer x",
                        "Bearer \u00e9",
                        "Token x",
                        "Basic OjpYOg==",
                        "\"\"",
                        "W/\"1\"",
                        "http://127.0.0.1:1",
                        "null",
                        "DELETE",
                        "\u0001\u007f",
                        "x".repeat(4_000));
        private static final List<String> ODD_IDS =
                List.of(
                        Rules.UNKNOWN_ID,
                        "x",
                        "0",
                        "-",
                        "%00",
                        "%2e%2e",
                        "%ff",
                        "%252f",
                        "00000000000040008000000000000000",
                        "x".repeat(2_000));

        private final Api api;
        private final Random random;
        private final List<String> operations = OpenApiSchema.operations();
        private final String automation;
        private final String task;
        private final String run;

        Caller(Api api, Random random) {
            this.api = api;
            this.random = random;
            this.automation = api.automation().path("id").asText();
            this.task = api.task().path("id").asText();
            var path = api.run("/tasks/" + task);
            this.run = path.substring(path.lastIndexOf('/') + 1);
        }

        int send(int requests, Kind kind) throws IOException {
            int refused = 0;
            for (int i = 0; i < requests; i++) {
                var request = kind.request(this);
                int status = answered(request);
                if (status >= 400) refused++;
            }
            return refused;
        }

        /// The status of an answer in time. A slow request is retried twice, and the limit is
        /// higher on a busy machine.
        private int answered(byte[] request) throws IOException {
            var description = new String(request, ISO_8859_1);
            var shown =
                    "nightshift.seed=%d: %s"
                            .formatted(
                                    SEED,
                                    description.substring(
                                            0, Math.min(3_000, description.length())));
            var taken = new ArrayList<Duration>();
            int status;
            do {
                long start = System.nanoTime();
                status = exchange(request, shown);
                taken.add(Duration.ofNanos(System.nanoTime() - start));
                assertThat(status).as(shown).isBetween(200, 499);
            } while (taken.getLast().compareTo(longest()) > 0 && taken.size() < 3);
            assertThat(taken.getLast()).as(shown).isLessThan(longest());
            return status;
        }

        private static Duration longest() {
            var system = ManagementFactory.getOperatingSystemMXBean();
            double busy = system.getSystemLoadAverage() / system.getAvailableProcessors();
            return LONGEST.multipliedBy((long) Math.max(1, Math.ceil(busy)));
        }

        private int exchange(byte[] request, String shown) throws IOException {
            var base = api.base();
            try (var socket = new Socket(base.getHost(), base.getPort())) {
                socket.setSoTimeout(TIMEOUT_MILLISECONDS);
                try {
                    socket.getOutputStream().write(request);
                    socket.getOutputStream().flush();
                } catch (IOException _) { // the server may answer before it has read the request
                }
                var answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
                var status = answer.split(" ", 3);
                assertThat(status.length).as(shown + " -> " + answer).isGreaterThan(1);
                return Integer.parseInt(status[1].strip());
            }
        }

        /// A well-formed request with a hostile body.
        byte[] bodied() {
            var operation = operation();
            var contentType = pick(CONTENT_TYPES);
            var head = new StringBuilder(line(operation, path(operation, 20)));
            if (random.nextInt(5) > 0) head.append(header("Authorization", "Bearer " + api.key()));
            head.append(header("Content-Type", contentType));
            return request(head, body(contentType));
        }

        /// A request with a hostile path, query and headers.
        byte[] queried() {
            var operation = operation();
            var path = new StringBuilder(path(operation, 4));
            for (int i = random.nextInt(4); i > 0; i--) {
                path.append(path.indexOf("?") < 0 ? '?' : random.nextInt(9) == 0 ? ';' : '&')
                        .append(pick(QUERY_NAMES));
                if (random.nextInt(5) > 0) path.append('=').append(pick(QUERY_VALUES));
            }
            var head = new StringBuilder(line(operation, path.toString()));
            if (random.nextBoolean()) head.append(header("Authorization", "Bearer " + api.key()));
            for (int i = random.nextInt(4); i > 0; i--) {
                head.append(header(pick(HEADERS), pick(HEADER_VALUES)));
            }
            return request(head, random.nextBoolean() ? new byte[0] : body("application/json"));
        }

        /// Replaces the ids of deletions, so that later requests find their objects.
        private String operation() {
            var operation = pick(operations);
            var others = List.of("HEAD", "OPTIONS", "PUT", "TRACE", "PROPFIND", "get");
            return random.nextInt(15) == 0
                    ? pick(others) + operation.substring(operation.indexOf(' '))
                    : operation;
        }

        private String path(String operation, int oneOddIn) {
            var path = operation.substring(operation.indexOf(' ') + 1);
            boolean odd = random.nextInt(oneOddIn) == 0 || operation.startsWith("DELETE");
            var filled =
                    path.replace(
                                    "{project_id}",
                                    odd && random.nextInt(3) == 0
                                            ? pick(ODD_IDS)
                                            : Long.toString(api.project()))
                            .replace("{task_id}", odd ? pick(ODD_IDS) : task);
            var own =
                    path.contains("/task_automations/")
                            ? automation
                            : path.contains("/runs/") ? run : task;
            filled = filled.replaceAll("\\{\\w+}", odd ? pick(ODD_IDS) : own);
            return random.nextInt(3) == 0 && !filled.endsWith("/") ? filled + "/" : filled;
        }

        private String line(String operation, String path) {
            return operation.substring(0, operation.indexOf(' '))
                    + " "
                    + path
                    + " HTTP/1.1\r\n"
                    + header("Host", api.base().getAuthority())
                    + header("Connection", "close");
        }

        private static String header(String name, String value) {
            return name + ": " + value + "\r\n";
        }

        private static byte[] request(StringBuilder head, byte[] body) {
            var start =
                    head.append(header("Content-Length", Integer.toString(body.length)))
                            .append("\r\n")
                            .toString()
                            .getBytes(ISO_8859_1);
            var request = Arrays.copyOf(start, start.length + body.length);
            System.arraycopy(body, 0, request, start.length, body.length);
            return request;
        }

        private byte[] body(String contentType) {
            var body =
                    contentType.startsWith("application/x-www")
                            ? form()
                            : contentType.startsWith("multipart") ? multipart() : json();
            return switch (random.nextInt(20)) {
                case 0 -> Arrays.copyOf(body.getBytes(UTF_8), body.length() / 2);
                case 1 -> body.getBytes(UTF_16);
                case 2 -> body.getBytes(ISO_8859_1);
                case 3 -> ("\ufeff" + body).getBytes(UTF_8);
                case 4 -> (body + "\0").getBytes(UTF_8);
                default -> body.getBytes(UTF_8);
            };
        }

        private String json() {
            if (random.nextInt(25) == 0) return pick(ODD_VALUES);
            var body = new StringBuilder("{");
            for (int i = random.nextInt(6); i >= 0; i--) {
                body.append('"').append(pick(FIELDS)).append("\":").append(value());
                if (i > 0) body.append(',');
            }
            return body.append('}').toString();
        }

        private String value() {
            return switch (random.nextInt(8)) {
                case 0, 1 -> pick(ODD_VALUES);
                case 2 -> nightshift.json.Json.text(RandomJson.tree(random, 3));
                case 3 ->
                        "[{\""
                                + pick(FIELDS)
                                + "\":"
                                + pick(ODD_VALUES)
                                + ",\""
                                + pick(FIELDS)
                                + "\":"
                                + pick(PLAUSIBLE)
                                + "}]";
                default -> pick(PLAUSIBLE);
            };
        }

        private String form() {
            var form = new StringBuilder();
            for (int i = random.nextInt(6); i >= 0; i--) {
                form.append(random.nextInt(6) == 0 ? pick(QUERY_NAMES) : pick(FIELDS));
                if (random.nextInt(6) > 0) form.append('=');
                form.append(
                        random.nextBoolean()
                                ? pick(QUERY_VALUES)
                                : URLEncoder.encode(value(), UTF_8));
                if (i > 0) form.append('&');
            }
            return form.toString();
        }

        private String multipart() {
            var form = new StringBuilder(random.nextInt(5) == 0 ? "preamble" : "");
            for (int i = random.nextInt(4); i >= 0; i--) {
                form.append("--b\r\n");
                if (random.nextInt(6) > 0) {
                    form.append("Content-Disposition: form-data; name=")
                            .append(random.nextInt(6) == 0 ? "" : "\"" + pick(FIELDS) + "\"")
                            .append("\r\n");
                }
                if (random.nextInt(6) > 0) form.append("\r\n");
                form.append(value()).append("\r\n");
            }
            return form + (random.nextInt(5) == 0 ? "--b" : "--b--\r\n");
        }

        private <T> T pick(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }
    }
}
