package nightshift.worker.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.worker.api.ApiClient.Answer;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The API's endpoints of one run.
public final class RunApi {
    private final ApiClient client;
    private final String run;
    private final UUID runId;
    private final RetryPolicy policy;

    /// The endpoints of a run.
    ///
    /// @param run the path of the run
    public RunApi(URI api, String run, UUID runId, RetryPolicy policy) {
        this.client = new ApiClient(api, policy);
        this.run = run;
        this.runId = runId;
        this.policy = policy;
    }

    /// Claims the run for this worker. Empty if another worker has claimed it, or if it is not
    /// queued any more.
    public Optional<ClaimedRun> claim(String token)
            throws ApiRefusalException, ApiUnreachableException, InterruptedException {
        var body =
                ApiClient.JSON
                        .createObjectNode()
                        .put("claim_token", token)
                        .put("claimant", UUID.randomUUID().toString()); // makes a retry idempotent
        try {
            var claimed = client.call("POST", run + "/claim/", bytes(body)).body();
            client.use(claimed.path("key").asText());
            return Optional.of(ClaimedRun.read(claimed));
        } catch (ApiRefusalException refused) {
            if (refused.status() == 409) {
                return Optional.empty();
            }
            throw refused;
        } catch (RunEndedException noKeyTaken) {
            throw new ApiRefusalException(401, "The claim was answered with 401.");
        }
    }

    /// Sends one heartbeat, without retries: the next one follows soon.
    public void heartbeat() throws RunEndedException, ApiRefusalException, InterruptedException {
        client.callOnce("POST", run + "/heartbeat/", new byte[0]);
    }

    /// Appends entries to the log exactly once. If an answer was lost, it searches the log for the
    /// entries before a retry.
    ///
    /// @param before how many of the worker's entries are known to be in the log
    /// @param first the sequence number of the first of the entries
    void append(List<LogLine> entries, long before, long first)
            throws RunEndedException,
                    ApiRefusalException,
                    ApiUnreachableException,
                    InterruptedException {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"entries\":[".getBytes(UTF_8));
        for (int i = 0; i < entries.size(); i++) {
            if (i > 0) {
                body.write(',');
            }
            body.writeBytes(entries.get(i).json());
        }
        body.writeBytes("]}".getBytes(UTF_8));
        var repetition = client.repetition();
        while (true) {
            var answer = client.callOnce("POST", run + "/append_log/", body.toByteArray());
            if (answer instanceof Answer.Done) {
                return;
            }
            if (answer instanceof Answer.Unclear) {
                if (isLogged(before, first)) {
                    return;
                }
                Thread.sleep(policy.settled());
                if (isLogged(before, first)) {
                    return;
                }
            }
            repetition.pause(answer);
        }
    }

    private boolean isLogged(long from, long sequence)
            throws RunEndedException,
                    ApiRefusalException,
                    ApiUnreachableException,
                    InterruptedException {
        for (long offset = from; ; ) {
            var page =
                    client.call(
                            "GET", run + "/session_logs/?limit=500&offset=" + offset, new byte[0]);
            for (var entry : page.body()) {
                if (LogLine.isOurs(entry, runId, sequence)) {
                    return true;
                }
            }
            offset += page.body().size();
            var more = page.response().headers().firstValue("X-Has-More").orElse("");
            if (page.body().isEmpty() || !more.equals("true")) {
                return false;
            }
        }
    }

    /// Uploads an artifact of the run directly to S3. The upload can be retried: an artifact counts
    /// only after it is finalized, and each upload has its own id.
    public void keep(byte[] content, String name, String contentType)
            throws RunEndedException,
                    ApiRefusalException,
                    ApiUnreachableException,
                    InterruptedException {
        var wanted = ApiClient.JSON.createObjectNode();
        wanted.putArray("artifacts")
                .addObject()
                .put("name", name)
                .put("type", "artifact")
                .put("source", "worker")
                .put("size", Math.max(1, content.length)) // the endpoint's minimum
                .put("content_type", contentType);
        var prepared =
                client.call("POST", run + "/artifacts/prepare_upload/", bytes(wanted))
                        .body()
                        .path("artifacts")
                        .path(0);
        upload(content, prepared.path("presigned_post"));
        var done = ApiClient.JSON.createObjectNode();
        var item = done.putArray("artifacts").addObject();
        for (var field : List.of("id", "name", "type", "source", "content_type", "storage_path")) {
            item.set(field, prepared.path(field));
        }
        client.call("POST", run + "/artifacts/finalize_upload/", bytes(done));
    }

    private void upload(byte[] content, JsonNode form)
            throws ApiRefusalException, ApiUnreachableException, InterruptedException {
        var boundary = UUID.randomUUID().toString();
        var head = new StringBuilder();
        for (var field : form.path("fields").properties()) {
            head.append(
                    "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                            .formatted(boundary, field.getKey(), field.getValue().asText()));
        }
        head.append(
                "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n"
                        .formatted(boundary));
        var body = new ByteArrayOutputStream(content.length + head.length() + 100);
        body.writeBytes(head.toString().getBytes(UTF_8));
        body.writeBytes(content);
        body.writeBytes("\r\n--%s--\r\n".formatted(boundary).getBytes(UTF_8));
        client.upload(
                URI.create(form.path("url").asText()),
                "multipart/form-data; boundary=" + boundary,
                body.toByteArray());
    }

    /// Sets the output. If the task has a JSON schema, this completes the run.
    ///
    /// @param output JSON, sent unchanged
    public void output(byte[] output)
            throws RunEndedException,
                    ApiRefusalException,
                    ApiUnreachableException,
                    InterruptedException {
        client.call("PATCH", run + "/set_output/", wrapped("{\"output\":", output));
    }

    /// Completes the run. If only the answer was lost, a retry finds the run ended and the key
    /// revoked.
    public void complete()
            throws RunEndedException,
                    ApiRefusalException,
                    ApiUnreachableException,
                    InterruptedException {
        client.call("PATCH", run + "/", "{\"status\":\"completed\"}".getBytes(UTF_8));
    }

    /// Fails the run.
    ///
    /// @param output JSON, sent unchanged, or null
    public void fail(String reason, byte @Nullable [] output, boolean temporary)
            throws RunEndedException,
                    ApiRefusalException,
                    ApiUnreachableException,
                    InterruptedException {
        var failure =
                ApiClient.JSON
                        .createObjectNode()
                        .put("status", "failed")
                        .put("error_message", reason);
        if (temporary) {
            failure.putObject("state").put("transient", true);
        }
        var body = bytes(failure);
        if (output != null) {
            var open = new String(body, 0, body.length - 1, UTF_8); // without the closing brace
            body = wrapped(open + ",\"output\":", output);
        }
        client.call("PATCH", run + "/", body);
    }

    private static byte[] wrapped(String head, byte[] json) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(head.getBytes(UTF_8));
        body.writeBytes(json);
        body.write('}');
        return body.toByteArray();
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(UTF_8);
    }
}
