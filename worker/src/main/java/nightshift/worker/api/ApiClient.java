package nightshift.worker.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Sends calls over HTTP and retries them with exponential backoff. Bodies are in memory, so an
/// [IOException] is always a network error.
final class ApiClient {
    static final ObjectMapper JSON = new ObjectMapper();

    /// Longer than the API's own timeout, so that no answer can come after it.
    private static final Duration ANSWER = Duration.ofSeconds(40);

    private static final Duration UPLOAD = Duration.ofMinutes(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
    private final String base;
    private final RetryPolicy policy;
    private volatile @Nullable String key;

    /// The result of one attempt.
    sealed interface Answer {
        record Done(JsonNode body, HttpResponse<byte[]> response) implements Answer {}

        /// The call had no effect and can be retried.
        record NotNow(String reason) implements Answer {}

        /// The call may have taken effect.
        record Unclear(String reason) implements Answer {}
    }

    ApiClient(URI base, RetryPolicy policy) {
        this.base = base.toString().replaceFirst("/+$", "");
        this.policy = policy;
    }

    /// Sets the key for all further calls of the API.
    void use(String newKey) {
        key = newKey;
    }

    /// Calls the API with retries.
    Answer.Done call(String method, String path, byte[] body)
            throws RunEndedException,
                    ApiRefusalException,
                    ApiUnreachableException,
                    InterruptedException {
        var repetition = new Repetition();
        while (true) {
            var answer = callOnce(method, path, body);
            if (answer instanceof Answer.Done done) {
                return done;
            }
            repetition.pause(answer);
        }
    }

    /// Calls the API once.
    Answer callOnce(String method, String path, byte[] body)
            throws RunEndedException, ApiRefusalException, InterruptedException {
        var publisher =
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        var request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(ANSWER)
                        .header("Content-Type", "application/json")
                        .method(method, publisher);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            return send(request.build());
        } catch (ApiRefusalException refused) {
            if (refused.status() == 401) {
                throw new RunEndedException();
            }
            throw refused;
        }
    }

    /// Uploads a form to S3 with retries.
    void upload(URI url, String contentType, byte[] body)
            throws ApiRefusalException, ApiUnreachableException, InterruptedException {
        var request =
                HttpRequest.newBuilder(url)
                        .timeout(UPLOAD)
                        .header("Content-Type", contentType)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build();
        var repetition = new Repetition();
        while (true) {
            var answer = send(request);
            if (answer instanceof Answer.Done) {
                return;
            }
            repetition.pause(answer);
        }
    }

    private Answer send(HttpRequest request) throws ApiRefusalException, InterruptedException {
        HttpResponse<byte[]> response;
        try {
            response = http.send(request, BodyHandlers.ofByteArray());
        } catch (IOException failed) {
            return new Answer.Unclear(failed.getClass().getSimpleName());
        }
        int status = response.statusCode();
        if (status < 300) {
            return new Answer.Done(tree(response.body()), response);
        }
        if (status == 429) {
            return new Answer.NotNow("429");
        }
        if (status >= 500) {
            return new Answer.Unclear(String.valueOf(status));
        }
        throw new ApiRefusalException(status, reason(status, tree(response.body())));
    }

    private static JsonNode tree(byte[] body) {
        try {
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (IOException notJson) {
            return MissingNode.getInstance(); // S3 answers in XML
        }
    }

    /// The API's own words, with the field that it blames.
    private static String reason(int status, JsonNode body) {
        var words = body.path("detail").asText(body.path("error").asText(""));
        if (words.isEmpty()) {
            return "The answer was %d.".formatted(status);
        }
        var field = body.path("attr").asText("");
        return field.isEmpty() ? words : field + ": " + words;
    }

    Repetition repetition() {
        return new Repetition();
    }

    /// The pauses between the attempts of one call.
    final class Repetition {
        private final long begun = System.nanoTime();
        private Duration next = policy.firstPause();

        void pause(Answer answer) throws ApiUnreachableException, InterruptedException {
            if (System.nanoTime() - begun > policy.patience().toNanos()) {
                throw new ApiUnreachableException("The API cannot be reached: " + answer);
            }
            Thread.sleep(next);
            next = next.multipliedBy(2);
            if (next.compareTo(LONGEST_PAUSE) > 0) {
                next = LONGEST_PAUSE;
            }
        }
    }
}
