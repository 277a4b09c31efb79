package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

/// An HTTP client for the tasks and runs of project 1.
final class ApiClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI api;
    private final String key;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    ApiClient(URI api, String key) {
        this.api = api;
        this.key = key;
    }

    @Override
    public void close() {
        http.close();
    }

    /// Creates a task and returns its path.
    String task() {
        return "/tasks/" + posted("/tasks/", "{\"title\": \"Fix the build\"}").path("id").asText();
    }

    /// Creates a run of a task and returns its path.
    String run(String task) {
        return task + "/runs/" + posted(task + "/runs/", "{}").path("id").asText();
    }

    /// Creates a run that resumes another one, and returns its path.
    String resuming(String run) {
        String task = run.substring(0, run.indexOf("/runs/"));
        String id = run.substring(run.lastIndexOf('/') + 1);
        var started = posted(task + "/run/", "{\"resume_from_run_id\": \"" + id + "\"}");
        return task + "/runs/" + started.at("/latest_run/id").asText();
    }

    /// Appends the JSON objects to a run's log in one call.
    void append(String run, String... entries) {
        posted(run + "/append_log/", "{\"entries\": [" + String.join(",", entries) + "]}");
    }

    /// The run.
    JsonNode get(String run) {
        return json(answered(send("GET", run + "/", "")));
    }

    JsonNode patched(String run, String body) {
        return json(answered(send("PATCH", run + "/", body)));
    }

    JsonNode posted(String path, String body) {
        return json(answered(send("POST", path, body)));
    }

    /// The run's whole log, following a redirect.
    String log(String run) {
        var answer = send("GET", run + "/logs/", "");
        return text(answer.statusCode() == 307 ? fetch(location(answer)) : answered(answer));
    }

    HttpResponse<byte[]> send(String method, String path, String body) {
        return send(key, method, path, body);
    }

    /// Sends a call with another key, or without one if it is empty.
    HttpResponse<byte[]> send(String otherKey, String method, String path, String body) {
        var request =
                HttpRequest.newBuilder(api.resolve("/api/projects/1" + path))
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(body));
        if (!otherKey.isEmpty()) request.header("Authorization", "Bearer " + otherKey);
        return send(request.build());
    }

    /// Uploads a file with a presigned form and returns the status.
    int upload(JsonNode form, byte[] file) {
        var boundary = "between-the-fields";
        var head = new StringBuilder();
        for (var field : form.path("fields").properties()) {
            head.append(
                    "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                            .formatted(boundary, field.getKey(), field.getValue().asText()));
        }
        head.append(
                "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
                        .formatted(boundary));
        var body = new ByteArrayOutputStream();
        body.writeBytes(head.toString().getBytes(UTF_8));
        body.writeBytes(file);
        body.writeBytes("\r\n--%s--\r\n".formatted(boundary).getBytes(UTF_8));
        return send(HttpRequest.newBuilder(URI.create(form.path("url").asText()))
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(BodyPublishers.ofByteArray(body.toByteArray()))
                        .build())
                .statusCode();
    }

    /// Opens a link without a key.
    HttpResponse<byte[]> fetch(URI link) {
        return send(HttpRequest.newBuilder(link).build());
    }

    HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofByteArray());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    static URI location(HttpResponse<?> answer) {
        return URI.create(answer.headers().firstValue("Location").orElseThrow());
    }

    static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), UTF_8);
    }

    static JsonNode json(HttpResponse<byte[]> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private static HttpResponse<byte[]> answered(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).as(text(answer)).isBetween(200, 201);
        return answer;
    }
}
