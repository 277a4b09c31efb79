package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;

import nightshift.local.Settings.Port;
import nightshift.worker.QueuedRun;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Starts runs of project 1 and reads them.
final class RunClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LocalServer server;
    private final ApiClient client;

    record Answer(int status, JsonNode body) {}

    RunClient(LocalServer server) {
        this.server = server;
        this.client = new ApiClient(server.url(Port.API), server.keys().write());
    }

    /// Creates a task with a queued run.
    ///
    /// @param repository of the task, or empty
    Run start(String prompt, String repository) {
        var task = JSON.createObjectNode().put("title", "Test").put("description", prompt);
        if (!repository.isEmpty()) task.put("repository", repository);
        var made = call(server.keys().write(), "POST", "/tasks/", task.toString());
        assertThat(made.status()).isEqualTo(201);
        return run(UUID.fromString(made.body().path("id").asText()));
    }

    /// Creates another run of the same task.
    Run again(Run run) {
        return run(run.taskId);
    }

    /// A run that something else has started.
    Run of(String taskId, String id) {
        return new Run(UUID.fromString(taskId), UUID.fromString(id), server.keys().write());
    }

    Answer call(String key, String method, String path, String body) {
        var response = client.send(key, method, path, body);
        return new Answer(response.statusCode(), tree(response.body()));
    }

    private Run run(UUID taskId) {
        var started = call(server.keys().write(), "POST", "/tasks/" + taskId + "/run/", "");
        assertThat(started.status()).isEqualTo(200);
        var id = started.body().path("latest_run").path("id").asText();
        return new Run(taskId, UUID.fromString(id), server.keys().write());
    }

    private static JsonNode tree(byte[] body) {
        try {
            return body.length == 0 ? MissingNode.getInstance() : JSON.readTree(body);
        } catch (IOException notJson) {
            return MissingNode.getInstance();
        }
    }

    /// A run, accessed with a key.
    final class Run {
        private final UUID taskId;
        private final UUID id;
        private final String key;

        private Run(UUID taskId, UUID id, String key) {
            this.taskId = taskId;
            this.id = id;
            this.key = key;
        }

        Run with(String otherKey) {
            return new Run(taskId, id, otherKey);
        }

        String taskPath() {
            return "/tasks/" + taskId + "/";
        }

        String path() {
            return taskPath() + "runs/" + id + "/";
        }

        Answer call(String method, String below, String body) {
            return RunClient.this.call(key, method, path() + below, body);
        }

        Answer task(String method, String body) {
            return RunClient.this.call(key, method, taskPath(), body);
        }

        Answer claim(String token) {
            return claim(token, null);
        }

        Answer claim(String token, @Nullable String claimant) {
            var body = JSON.createObjectNode().put("claim_token", token);
            if (claimant != null) body.put("claimant", claimant);
            return RunClient.this.call("", "POST", path() + "claim/", body.toString());
        }

        JsonNode read() {
            return call("GET", "", "").body();
        }

        /// The run as the API answers it.
        String text() {
            return ApiClient.text(client.send(key, "GET", path(), ""));
        }

        /// The messages of the log.
        List<String> lines() {
            return log().lines()
                    .map(line -> tree(line.getBytes(StandardCharsets.UTF_8)))
                    .map(entry -> entry.path("notification").path("params").path("message"))
                    .map(JsonNode::asText)
                    .toList();
        }

        /// The whole log, following a redirect.
        private String log() {
            var answer = client.send(key, "GET", path() + "logs/", "");
            return ApiClient.text(
                    answer.statusCode() == 307 ? client.fetch(ApiClient.location(answer)) : answer);
        }

        QueuedRun announced() {
            return announcedAt(server.url(Port.API));
        }

        /// The announcement of the run. The token is computed from the run's secret.
        QueuedRun announcedAt(URI url) {
            return new QueuedRun(url, 1, taskId, id, hmac(secret(), "claim " + id));
        }

        /// The claim token after the run was queued again n times.
        String tokenAfterQueuedAgain(int times) {
            return hmac(secret(), "claim " + id + " " + times);
        }

        private String secret() {
            var name =
                    Map.of(
                            "pk", AttributeValue.fromS("RUNS#1#" + taskId),
                            "sk", AttributeValue.fromS(id.toString()));
            try (var table =
                    DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
                var tableName = table.listTables().tableNames().getFirst();
                var item = table.getItem(request -> request.tableName(tableName).key(name)).item();
                return item.get("secret").s();
            }
        }

        private static String hmac(String secret, String text) {
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
