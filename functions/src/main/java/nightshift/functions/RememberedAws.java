package nightshift.functions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Json;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// AWS out of memory: whatever is read is there, whatever is written is accepted, and nothing
/// leaves the process. For [Rehearsal].
final class RememberedAws implements SdkHttpClient {
    /// An item that can be read as any kind of ours.
    private static final String ITEM =
            new String(Resources.bytes("rehearsal-item.json"), StandardCharsets.UTF_8);

    private static final String ID = "0198c5f0-0000-7000-8000-00000000000c";
    private static final String MINUTE = "2026-04-02T09:00Z";
    private static final String LINE = "{\"type\":\"notification\"}\n";

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return answer(request);
            }

            @Override
            public void abort() {
                // answered at once
            }
        };
    }

    @Override
    public void close() {
        // nothing is open
    }

    private static HttpExecuteResponse answer(HttpExecuteRequest request) throws IOException {
        var http = request.httpRequest();
        var body = body(request);
        var target = http.firstMatchingHeader("X-Amz-Target").orElse("");
        if (!target.isEmpty()) {
            return json(json(target.substring(target.indexOf('.') + 1), Json.parse(body)));
        }
        return http.encodedPath().startsWith("/schedules")
                ? json(Json.object().put("ScheduleArn", "").set("Schedules", Json.array()))
                : object(http);
    }

    private static byte[] body(HttpExecuteRequest request) throws IOException {
        var content = request.contentStreamProvider();
        if (content.isEmpty()) {
            return new byte[0];
        }
        try (var stream = content.get().newStream()) {
            return stream.readAllBytes();
        }
    }

    /// DynamoDB and EventBridge.
    private static ObjectNode json(String operation, JsonNode request) {
        return switch (operation) {
            case "GetItem" -> Json.object().set("Item", item(request.path("Key")));
            case "BatchGetItem" -> {
                var responses = Json.object();
                request.path("RequestItems")
                        .forEachEntry((table, asked) -> {
                            var items = responses.putArray(table);
                            asked.path("Keys").forEach(key -> items.add(item(key)));
                        });
                yield Json.object()
                        .<ObjectNode>set("Responses", responses)
                        .set("UnprocessedKeys", Json.object());
            }
            case "Query" -> {
                var items = found(request.path("ExpressionAttributeValues"));
                yield Json.object().put("Count", items.size()).set("Items", items);
            }
            case "Scan" -> Json.object().set("Items", Json.array());
            case "PutEvents" ->
                    Json.object().put("FailedEntryCount", 0).set("Entries", Json.array());
            default -> Json.object(); // a write
        };
    }

    /// One item, and behind a run an artifact of it.
    private static ArrayNode found(JsonNode values) {
        var pk = values.path(":pk").path("S").asText("RUNS#1#" + ID);
        var sk = pk.startsWith("OCCURRENCES#") ? MINUTE : values.path(":from").path("S").asText(ID);
        var items = Json.array().add(item(key(pk, sk)));
        return values.has(":from") && pk.startsWith("RUNS#")
                ? items.add(item(key(pk, sk + "/artifact")))
                : items;
    }

    private static ObjectNode key(String pk, String sk) {
        var key = Json.object();
        key.putObject("pk").put("S", pk);
        key.putObject("sk").put("S", sk);
        return key;
    }

    private static ObjectNode item(JsonNode key) {
        var item = (ObjectNode) Json.stored(ITEM);
        item.setAll((ObjectNode) key);
        return item;
    }

    /// S3: a log of one line in one segment, and an object wherever one is asked for.
    private static HttpExecuteResponse object(SdkHttpRequest request) {
        var prefix = request.firstMatchingRawQueryParameter("prefix");
        if (prefix.isPresent()) {
            return response(
                    "application/xml",
                    """
                    <?xml version="1.0" encoding="UTF-8"?>
                    <ListBucketResult><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>%s9999999998</Key></Contents></ListBucketResult>
                    """
                            .formatted(prefix.get()),
                    true);
        }
        return switch (request.method()) {
            case GET -> response("application/jsonl", LINE, true);
            case HEAD -> response("application/jsonl", LINE, false);
            default -> response("application/xml", "", true);
        };
    }

    private static HttpExecuteResponse json(JsonNode body) {
        return response("application/x-amz-json-1.0", Json.text(body), true);
    }

    private static HttpExecuteResponse response(String type, String text, boolean sent) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var head =
                SdkHttpResponse.builder()
                        .statusCode(200)
                        .putHeader("Content-Type", type)
                        .putHeader("Content-Length", Integer.toString(bytes.length))
                        .putHeader("ETag", "\"1\"")
                        .putHeader("x-amz-meta-number", "1")
                        .putHeader("x-amz-meta-entries", "1")
                        .putHeader("x-amz-meta-bytes", Integer.toString(bytes.length));
        var body = sent ? AbortableInputStream.create(new ByteArrayInputStream(bytes)) : null;
        return HttpExecuteResponse.builder().response(head.build()).responseBody(body).build();
    }
}
