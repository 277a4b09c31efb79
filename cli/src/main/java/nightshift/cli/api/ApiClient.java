package nightshift.cli.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.text.CliException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Calls the API. What is safe to repeat is tried again when the network or the service fails.
public final class ApiClient {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(40);
    private static final int ATTEMPTS = 4;
    private static final int PAGE = 1_000;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();
    private final Connection connection;
    private final AtomicInteger calls = new AtomicInteger();

    public ApiClient(Connection connection) {
        this.connection = connection;
    }

    /// Where it calls, and as which caller.
    public Connection connection() {
        return connection;
    }

    /// How many calls it made.
    public int calls() {
        return calls.get();
    }

    /// Reads from a path below the project.
    public Answer get(String path) {
        return send("GET", path, null, Map.of());
    }

    /// Reads from a path of the whole API.
    public Answer getFromRoot(String path) {
        return call("GET", URI.create(connection.url() + path), null, Map.of());
    }

    /// Writes to a path below the project.
    public Answer send(String method, String path, @Nullable JsonNode body) {
        return send(method, path, body, Map.of());
    }

    /// Writes with headers, such as `If-Match` or `Idempotency-Key`.
    public Answer send(
            String method, String path, @Nullable JsonNode body, Map<String, String> headers) {
        return call(method, URI.create(project(path)), body, headers);
    }

    /// All pages of a list as one page.
    public ObjectNode list(String path) {
        ObjectNode all = page(path, 0);
        int read = all.path("results").size();
        while (all.path("next").isTextual() && read > 0) {
            var more = page(path, all.path("results").size());
            read = more.path("results").size();
            all.withArray("results").addAll(more.withArray("results"));
            all.set("next", more.path("next"));
        }
        return all.putNull("next").putNull("previous");
    }

    private ObjectNode page(String path, int offset) {
        String query = path + (path.contains("?") ? "&" : "?") + "limit=" + PAGE;
        var answer = get(offset == 0 ? query : query + "&offset=" + offset);
        if (answer.json() instanceof ObjectNode page) {
            return page;
        }
        throw CliException.refused(
                connection.url() + " did not answer with a list.", "Is it the address of the API?");
    }

    /// A value for a query or a path.
    public static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String project(String path) {
        return connection.url() + "/api/projects/" + connection.project() + "/" + path;
    }

    private Answer call(
            String method, URI url, @Nullable JsonNode body, Map<String, String> headers) {
        var request =
                HttpRequest.newBuilder(url)
                        .timeout(ANSWER)
                        .header("Authorization", "Bearer " + connection.key())
                        .header("User-Agent", "nightshift-cli");
        headers.forEach(request::header);
        if (body == null) {
            request.method(method, BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json")
                    .method(method, BodyPublishers.ofString(body.toString()));
        }
        boolean repeatable = method.equals("GET") || headers.containsKey("Idempotency-Key");
        return attempts(request.build(), repeatable);
    }

    private Answer attempts(HttpRequest request, boolean repeatable) {
        for (int attempt = 1; ; attempt++) {
            boolean last = !repeatable || attempt == ATTEMPTS;
            try {
                var response = once(request);
                if (response.statusCode() < 300) {
                    return answer(response);
                }
                var refusal = refusal(response);
                if (last || !passing(refusal)) {
                    throw refusal;
                }
            } catch (IOException failed) {
                if (last) {
                    throw unreachable(failed);
                }
            }
            pause(Duration.ofMillis(250L << attempt));
        }
    }

    private HttpResponse<String> once(HttpRequest request) throws IOException {
        calls.incrementAndGet();
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stopped);
        }
    }

    private static Answer answer(HttpResponse<String> response) {
        return new Answer(
                response.statusCode(),
                response.body(),
                Json.read(response.body()),
                response.headers());
    }

    private static ApiRefusalException refusal(HttpResponse<String> response) {
        return new ApiRefusalException(response.statusCode(), Json.read(response.body()));
    }

    /// Whether another attempt may succeed.
    private static boolean passing(ApiRefusalException refusal) {
        return refusal.status() == 429
                || refusal.status() >= 500
                || (refusal.status() == 409 && refusal.code().equals("conflict"));
    }

    private CliException unreachable(IOException failed) {
        String reason = failed.getMessage();
        return CliException.refused(
                connection.url()
                        + " cannot be reached"
                        + (reason == null || reason.isBlank() ? "" : ": " + reason)
                        + ".",
                "Is the address right, and is the network up? Locally: is `mvn -Plocal` running?");
    }

    /// Waits.
    public static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw CliException.refused("Interrupted.", null);
        }
    }
}
