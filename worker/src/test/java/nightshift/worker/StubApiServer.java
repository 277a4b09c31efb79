package nightshift.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/// A stub of the API and of S3, with the endpoints that a worker calls. It has no other endpoints,
/// so a worker knows a task only from the answer to the claim.
final class StubApiServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SMALLEST = 1;

    private final HttpServer server;
    private final Map<UUID, Run> runs = new ConcurrentHashMap<>();

    StubApiServer() {
        try {
            var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            server = HttpServer.create(loopback, 0);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    /// A queued run.
    Run queue(String prompt, String repository, String branch) {
        var run = new Run(prompt, repository, branch);
        runs.put(run.id, run);
        return run;
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var path = exchange.getRequestURI().getPath();
            var parts = List.of(path.split("/"));
            var run = runs.get(UUID.fromString(parts.get(parts.indexOf("runs") + 1)));
            var end = path.substring(path.indexOf("/runs/") + 6 + 36 + 1);
            if (run == null) {
                throw new IllegalStateException("No such run: " + path);
            }
            if (!end.equals("claim/") && !end.startsWith("storage/") && run.keyIsDead()) {
                answer(exchange, 401, "{}");
                return;
            }
            run.answer(exchange, end, body);
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        var bytes = json.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException(json, malformed);
        }
    }

    /// A run on the server.
    final class Run {
        final UUID id = UUID.randomUUID();
        final UUID taskId = UUID.randomUUID();
        private final List<JsonNode> entries = new CopyOnWriteArrayList<>();
        private final Map<String, byte[]> files = new ConcurrentHashMap<>();
        private final Map<String, String> contentTypes = new ConcurrentHashMap<>();
        private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
        private final ObjectNode task = JSON.createObjectNode();
        private final ObjectNode run = JSON.createObjectNode();
        private final CountDownLatch uploading = new CountDownLatch(1);
        private final CountDownLatch uploadsMayGoOn = new CountDownLatch(1);
        private volatile boolean holdsUploads;
        private volatile int refusesLog;
        private volatile String status = "queued";
        private volatile String reason = "";
        private volatile @Nullable String output;
        private volatile @Nullable JsonNode policy;
        private volatile boolean temporary;

        private Run(String prompt, String repository, String branch) {
            task.put("id", taskId.toString()).put("title", "Test").put("description", prompt);
            task.put("repository", repository.isEmpty() ? null : repository);
            task.putNull("json_schema");
            run.put("id", id.toString()).put("branch", branch.isEmpty() ? null : branch);
            run.putObject("state");
        }

        /// Delays the answers of the storage.
        Run holdingUploads() {
            holdsUploads = true;
            return this;
        }

        /// Makes the log endpoint answer with this status.
        Run refusingLog(int answer) {
            refusesLog = answer;
            return this;
        }

        Run withSchema(String schema) {
            task.set("json_schema", tree(schema));
            return this;
        }

        /// Makes the run one of an automation with a policy.
        Run withPolicy(String sent) {
            policy = tree(sent);
            return this;
        }

        /// Whether the failure was reported as one that may not happen again.
        boolean isTemporary() {
            return temporary;
        }

        QueuedRun announced() {
            return new QueuedRun(url("/"), 1, taskId, id, "token");
        }

        void cancel() {
            status = "cancelled";
        }

        void awaitUpload() throws InterruptedException {
            uploading.await();
        }

        String status() {
            return status;
        }

        String reason() {
            return reason;
        }

        /// The received bytes of the output, or null.
        @Nullable String output() {
            return output;
        }

        /// The names of the uploaded files with their content as text.
        Map<String, String> files() {
            var sorted = new TreeMap<String, String>();
            files.forEach((name, content) -> sorted.put(name, new String(content, UTF_8)));
            return sorted;
        }

        String contentType(String name) {
            return contentTypes.getOrDefault(name, "");
        }

        List<JsonNode> entries() {
            return entries.stream()
                    .map(entry -> entry.path("notification").path("params"))
                    .toList();
        }

        List<String> lines() {
            return entries().stream().map(entry -> entry.path("message").asText()).toList();
        }

        private boolean keyIsDead() {
            return !status.equals("in_progress");
        }

        private void answer(HttpExchange exchange, String end, byte[] body) throws IOException {
            var text = new String(body, UTF_8);
            switch (end) {
                case "claim/" -> claim(exchange);
                case "heartbeat/" -> StubApiServer.answer(exchange, 200, "{}");
                case "append_log/" -> append(exchange, text);
                case "artifacts/prepare_upload/" -> prepare(exchange, text);
                case "artifacts/finalize_upload/" -> finish(exchange, text);
                case "set_output/" -> {
                    output = between(text, "{\"output\":");
                    StubApiServer.answer(exchange, 200, "{}");
                }
                case "" -> end(exchange, text);
                default -> {
                    if (!end.startsWith("storage/")) {
                        throw new IllegalStateException("No such endpoint: " + end);
                    }
                    store(exchange, end, body);
                }
            }
        }

        private synchronized void claim(HttpExchange exchange) throws IOException {
            if (!status.equals("queued")) {
                StubApiServer.answer(exchange, 409, "{\"detail\": \"Claimed.\"}");
                return;
            }
            status = "in_progress";
            var answer = JSON.createObjectNode().put("key", "phr_test");
            answer.set("task", task);
            if (policy != null) answer.set("policy", policy);
            answer.set("run", run);
            StubApiServer.answer(exchange, 200, answer.toString());
        }

        private void append(HttpExchange exchange, String text) throws IOException {
            if (refusesLog != 0) {
                StubApiServer.answer(exchange, refusesLog, "{\"detail\": \"No log today.\"}");
                return;
            }
            for (var entry : tree(text).path("entries")) {
                entries.add(entry);
            }
            StubApiServer.answer(exchange, 200, "{}");
        }

        private void prepare(HttpExchange exchange, String text) throws IOException {
            var item = (ObjectNode) tree(text).path("artifacts").path(0);
            var name = item.path("name").asText();
            long size = item.path("size").asLong();
            if (name.isBlank() || name.length() > 255 || size < SMALLEST || size > 31_457_280) {
                StubApiServer.answer(exchange, 400, "{\"detail\": \"Not taken.\"}");
                return;
            }
            var place = "storage/" + UUID.randomUUID();
            item.put("id", UUID.randomUUID().toString()).put("storage_path", place);
            item.putObject("presigned_post")
                    .put("url", url("/runs/" + id + "/" + place).toString())
                    .putObject("fields")
                    .put("key", place);
            StubApiServer.answer(exchange, 200, "{\"artifacts\": [" + item + "]}");
        }

        private void store(HttpExchange exchange, String place, byte[] form) throws IOException {
            uploading.countDown();
            if (holdsUploads) {
                try {
                    uploadsMayGoOn.await();
                } catch (InterruptedException stopped) {
                    return;
                }
            }
            // Decoded as Latin 1, so that each byte is one character.
            var text = new String(form, ISO_8859_1);
            int start = text.indexOf("\r\n\r\n", text.indexOf("filename=")) + 4;
            int end = text.lastIndexOf("\r\n--", text.length() - 3);
            stored.put(place, text.substring(start, end).getBytes(ISO_8859_1));
            StubApiServer.answer(exchange, 204, "");
        }

        private void finish(HttpExchange exchange, String text) throws IOException {
            var item = tree(text).path("artifacts").path(0);
            var name = item.path("name").asText();
            var content = stored.get(item.path("storage_path").asText());
            if (content == null || files.putIfAbsent(name, content) != null) {
                StubApiServer.answer(exchange, 400, "{\"error\": \"Twice, or never uploaded.\"}");
                return;
            }
            contentTypes.put(name, item.path("content_type").asText());
            StubApiServer.answer(exchange, 200, "{}");
        }

        private synchronized void end(HttpExchange exchange, String text) throws IOException {
            var ending = tree(text);
            reason = ending.path("error_message").asText();
            temporary = ending.path("state").path("transient").asBoolean();
            if (ending.has("output")) {
                output = between(text, "\"output\":");
            }
            status = ending.path("status").asText();
            StubApiServer.answer(exchange, 200, "{}");
        }

        private static String between(String text, String head) {
            return text.substring(text.indexOf(head) + head.length(), text.length() - 1);
        }
    }
}
