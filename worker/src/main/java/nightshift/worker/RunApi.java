package nightshift.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The API as a worker sees it: its own run. Every call is repeated, with growing pauses, until the
/// API has answered.
final class RunApi {
    static final ObjectMapper JSON = new ObjectMapper();

    /// Longer than the API takes at most, so that an answer that has not come never will.
    private static final Duration ANSWER = Duration.ofSeconds(40);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
    private final QueuedRun queued;
    private final Pace pace;
    private @Nullable String key;

    /// What became of one call.
    private sealed interface Answer {
        record Done(JsonNode body, HttpResponse<byte[]> response) implements Answer {}

        /// Not done, for now.
        record NotNow(String reason) implements Answer {}

        /// Done or not.
        record Unclear(String reason) implements Answer {}
    }

    RunApi(QueuedRun queued, Pace pace) {
        this.queued = queued;
        this.pace = pace;
    }

    /// Takes the run: from then on it is this worker's alone. Empty: it is somebody else's, or
    /// waits no more.
    Optional<JsonNode> claim() {
        var body =
                JSON.createObjectNode()
                        .put("claim_token", queued.claimToken())
                        .put("claimant", UUID.randomUUID().toString()); // who repeats may ask again
        try {
            var claimed = repeated("POST", queued.runPath() + "/claim/", bytes(body)).body();
            key = claimed.path("key").asText();
            return Optional.of(claimed.path("run"));
        } catch (Refused refused) {
            if (refused.status() == 409) {
                return Optional.empty();
            }
            throw refused;
        } catch (RunOver impossible) {
            throw new IllegalStateException(impossible); // no key was shown
        }
    }

    /// What is to be done.
    JsonNode task() throws RunOver {
        return repeated("GET", queued.taskPath() + "/", new byte[0]).body();
    }

    /// One sign of life, not repeated: the next one will do.
    void heartbeat() throws RunOver {
        once("POST", queued.runPath() + "/heartbeat/", new byte[0]);
    }

    /// Adds entries to the log, exactly once: before a call whose answer was lost is repeated, the
    /// log is searched for what it may have left there.
    ///
    /// @param before how many entries of ours the log has for certain
    /// @param first the sequence number of the first of the entries
    void append(List<LogLine> entries, long before, long first) throws RunOver {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"entries\":[".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < entries.size(); i++) {
            if (i > 0) {
                body.write(',');
            }
            body.writeBytes(entries.get(i).json());
        }
        body.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
        var repetition = new Repetition();
        while (true) {
            var answer = once("POST", queued.runPath() + "/append_log/", body.toByteArray());
            if (answer instanceof Answer.Done) {
                return;
            }
            if (answer instanceof Answer.Unclear) {
                if (isLogged(before, first)) {
                    return;
                }
                sleep(pace.settled());
                if (isLogged(before, first)) {
                    return;
                }
            }
            repetition.pause(answer);
        }
    }

    private boolean isLogged(long from, long sequence) throws RunOver {
        for (long offset = from; ; ) {
            var page =
                    repeated(
                            "GET",
                            queued.runPath() + "/session_logs/?limit=500&offset=" + offset,
                            new byte[0]);
            for (var entry : page.body()) {
                if (LogLine.isOurs(entry, queued.runId(), sequence)) {
                    return true;
                }
            }
            offset += page.body().size();
            if (page.body().isEmpty()
                    || !page.response()
                            .headers()
                            .firstValue("X-Has-More")
                            .orElse("")
                            .equals("true")) {
                return false;
            }
        }
    }

    /// Keeps a file with the run. Straight to storage, so its size is storage's limit, and so that
    /// it can be repeated: a file counts only once it is finalized, under an id of its own.
    void keep(Path file, String name, String contentType) throws RunOver, IOException {
        var wanted = JSON.createObjectNode();
        wanted.putArray("artifacts")
                .addObject()
                .put("name", name)
                .put("type", "artifact")
                .put("source", "worker")
                .put("size", Files.size(file))
                .put("content_type", contentType);
        var artifacts = queued.runPath() + "/artifacts";
        var prepared =
                repeated("POST", artifacts + "/prepare_upload/", bytes(wanted))
                        .body()
                        .path("artifacts")
                        .path(0);
        upload(file, prepared.path("presigned_post"));
        var done = JSON.createObjectNode();
        var item = done.putArray("artifacts").addObject();
        for (var field : List.of("id", "name", "type", "source", "content_type", "storage_path")) {
            item.set(field, prepared.path(field));
        }
        repeated("POST", artifacts + "/finalize_upload/", bytes(done));
    }

    private void upload(Path file, JsonNode form) throws RunOver, IOException {
        var boundary = UUID.randomUUID().toString();
        var head = new StringBuilder();
        form.path("fields")
                .properties()
                .forEach(field ->
                        head.append(
                                "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                                        .formatted(
                                                boundary,
                                                field.getKey(),
                                                field.getValue().asText())));
        head.append(
                "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n"
                        .formatted(boundary));
        var body =
                BodyPublishers.concat(
                        BodyPublishers.ofString(head.toString()),
                        BodyPublishers.ofFile(file),
                        BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        var request =
                HttpRequest.newBuilder(URI.create(form.path("url").asText()))
                        .timeout(Duration.ofMinutes(5))
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary);
        var repetition = new Repetition();
        while (true) {
            var answer = send(request.POST(body).build());
            if (answer instanceof Answer.Done) {
                return;
            }
            repetition.pause(answer);
        }
    }

    /// Sets the output. A task with a JSON schema is complete with it.
    void output(JsonNode output) throws RunOver {
        var body = JSON.createObjectNode();
        body.set("output", output);
        repeated("PATCH", queued.runPath() + "/set_output/", bytes(body));
    }

    /// Says how the run ended. If only the answer is lost, the key is dead already and the run
    /// over.
    void end(ObjectNode ending) throws RunOver {
        repeated("PATCH", queued.runPath() + "/", bytes(ending));
    }

    private Answer.Done repeated(String method, String path, byte[] body) throws RunOver {
        var repetition = new Repetition();
        while (true) {
            var answer = once(method, path, body);
            if (answer instanceof Answer.Done done) {
                return done;
            }
            repetition.pause(answer);
        }
    }

    private Answer once(String method, String path, byte[] body) throws RunOver {
        BodyPublisher publisher =
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        var base = queued.api().toString().replaceFirst("/+$", "");
        var request =
                HttpRequest.newBuilder(URI.create(base + path))
                        .timeout(ANSWER)
                        .header("Content-Type", "application/json")
                        .method(method, publisher);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        return send(request.build());
    }

    private Answer send(HttpRequest request) throws RunOver {
        HttpResponse<byte[]> response;
        try {
            response = http.send(request, BodyHandlers.ofByteArray());
        } catch (IOException failed) {
            return new Answer.Unclear(failed.getClass().getSimpleName());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Unreachable("The worker was interrupted.");
        }
        int status = response.statusCode();
        if (status < 300) {
            return new Answer.Done(tree(response.body()), response);
        }
        if (status == 401) {
            throw new RunOver();
        }
        if (status == 429) {
            return new Answer.NotNow("429");
        }
        if (status >= 500) {
            return new Answer.Unclear(String.valueOf(status));
        }
        throw new Refused(status, reason(status, tree(response.body())));
    }

    private static JsonNode tree(byte[] body) {
        try {
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (IOException notJson) {
            return MissingNode.getInstance(); // storage speaks XML
        }
    }

    private static String reason(int status, JsonNode body) {
        var words = body.path("detail").asText(body.path("error").asText(""));
        return words.isEmpty() ? "The API answered " + status + "." : words;
    }

    static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Unreachable("The worker was interrupted.");
        }
    }

    /// The pauses between the attempts of one call.
    private final class Repetition {
        private final long begun = System.nanoTime();
        private Duration next = pace.firstPause();

        void pause(Answer answer) {
            if (System.nanoTime() - begun > pace.patience().toNanos()) {
                throw new Unreachable("The API cannot be reached: " + answer);
            }
            sleep(next);
            next = next.multipliedBy(2);
            if (next.compareTo(LONGEST_PAUSE) > 0) {
                next = LONGEST_PAUSE;
            }
        }
    }
}
