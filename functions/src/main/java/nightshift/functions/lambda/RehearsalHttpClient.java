package nightshift.functions.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/// The HTTP client of a rehearsed function. It answers in the place of AWS: every item and object
/// that is read exists, and every write is accepted.
///
/// Each request goes through the JDK's HTTP connections to a server on the loopback interface, so
/// that a rehearsal loads the classes that connections and their answers need. Credentials are
/// removed from the request before it is sent.
final class RehearsalHttpClient implements SdkHttpClient {
    /// An item that can be read as any kind of ours.
    private static final String ITEM =
            new String(Resources.bytes("rehearsal-item.json"), StandardCharsets.UTF_8);

    private static final String ID = "0198c5f0-0000-7000-8000-00000000000c";
    private static final String ANOTHER_ID = "0198c5f0-0000-7000-8000-00000000000e";
    private static final String MINUTE = "2026-04-02T09:00Z";
    private static final int LISTED = 4;
    private static final String LINE = "{\"type\":\"notification\"}\n";

    /// In Base64.
    private static final String DEFLATED_LINE = "eJyrViqpLEhVslLKyy/JTMtMTizJzM9TquUCAGxyCI4=";

    private final boolean ended;
    private boolean kept;
    private boolean written;

    private final SdkHttpClient connections =
            UrlConnectionHttpClient.builder()
                    .proxyConfiguration(
                            ProxyConfiguration.builder()
                                    .useEnvironmentVariablesValues(false)
                                    .useSystemPropertyValues(false)
                                    .build())
                    .build();

    /// @param ended true: the run has ended, its log is compacted, its artifact is in the manifest,
    ///   it is the last run of its automation, and the automation's schedules were accepted. False:
    ///   none of this
    RehearsalHttpClient(boolean ended) {
        this.ended = ended;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                var answer = answer(request);
                if (kept) return exchange(request, answer);
                kept = true;
                return exchange(request, keptOpen(answer));
            }

            @Override
            public void abort() {
                // answered at once
            }
        };
    }

    @Override
    public void close() {
        connections.close();
    }

    private HttpExecuteResponse exchange(HttpExecuteRequest request, byte[] answer)
            throws IOException {
        try (var server = new OneShotHttpServer(answer)) {
            var here =
                    request.httpRequest().toBuilder()
                            .protocol("http")
                            .host(server.url().getHost())
                            .port(server.url().getPort())
                            .removeHeader("Authorization")
                            .removeHeader("X-Amz-Security-Token")
                            .build();
            return connections
                    .prepareRequest(
                            HttpExecuteRequest.builder()
                                    .request(here)
                                    .contentStreamProvider(
                                            request.contentStreamProvider().orElse(null))
                                    .build())
                    .call();
        }
    }

    /// AWS keeps its connections open. One such answer is enough for the JVM to load the classes
    /// that read it. Each leaves a connection in the JDK's cache for five seconds.
    private static byte[] keptOpen(byte[] answer) {
        return new String(answer, StandardCharsets.ISO_8859_1)
                .replaceFirst("Connection: close\r\n", "")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] answer(HttpExecuteRequest request) throws IOException {
        var http = request.httpRequest();
        var body = body(request);
        var target = http.firstMatchingHeader("X-Amz-Target").orElse("");
        if (!target.isEmpty()) {
            return json(json(target.substring(target.indexOf('.') + 1), Json.parse(body)));
        }
        return http.encodedPath().startsWith("/schedules") ? schedules(http) : object(http);
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
    private ObjectNode json(String operation, JsonNode request) {
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
            case "UpdateItem" -> Json.object().set("Attributes", item(request.path("Key")));
            case "Scan" -> Json.object().set("Items", Json.array());
            case "PutEvents" ->
                    Json.object().put("FailedEntryCount", 0).set("Entries", Json.array());
            case "TransactWriteItems" -> {
                written = true;
                yield Json.object();
            }
            default -> Json.object(); // another write
        };
    }

    /// A whole list, or the item at one place. After a run comes its artifact, if the run has ended
    /// or the artifact was just written.
    private ArrayNode found(JsonNode values) {
        var pk = values.path(":pk").path("S").asText("RUNS#1#" + ID);
        boolean occurrences = pk.startsWith("OCCURRENCES#");
        var items = Json.array();
        if (pk.startsWith("LOGS#")) {
            if (ended) items.add(log(pk, "head"));
            return items.add(log(pk, "0000000001"));
        }
        // a list of a project's runs or occurrences: the index has only their keys
        boolean ofProject = pk.matches("(RUNS|OCCURRENCES)#[0-9]+");
        if (ofProject) pk += "#" + ID;
        if (!values.has(":from") || ofProject) {
            var sk = occurrences ? "2026-04-02T0%d:00Z" : ID.replaceFirst(".$", "%d");
            for (int place = 0; place < LISTED; place++) {
                items.add(item(key(pk, sk.formatted(place))));
            }
            return items;
        }
        var from = values.path(":from").path("S").asText();
        var sk = occurrences ? MINUTE : from.isBlank() ? ID : from;
        items.add(item(key(pk, sk)));
        if (pk.startsWith("RUNS#") && (ended || written)) {
            items.add(item(key(pk, sk + "/artifact")));
        }
        written = false;
        return items;
    }

    /// The head of a log, or its only append.
    private ObjectNode log(String pk, String sk) {
        var item = item(key(pk, sk));
        for (var name : List.of("number", "entries")) item.putObject(name).put("N", "1");
        for (var name : List.of("bytes", "size", "length")) {
            item.putObject(name).put("N", Integer.toString(LINE.length()));
        }
        item.putObject("lines").put("B", DEFLATED_LINE);
        item.putObject("object_version").put("S", "1");
        item.putObject("expires_at").put("N", "4102444800");
        return item;
    }

    private static ObjectNode key(String pk, String sk) {
        var key = Json.object();
        key.putObject("pk").put("S", pk);
        key.putObject("sk").put("S", sk);
        return key;
    }

    private ObjectNode item(JsonNode key) {
        var item = (ObjectNode) Json.stored(ITEM);
        item.setAll((ObjectNode) key);
        if (!ended) {
            item.putObject("refusal").put("S", "refused");
            item.putObject("cron_expression").put("S", "*/30 8-18 1-7,15 * *");
            item.putObject("last_run_id").put("S", ANOTHER_ID);
        }
        return item;
    }

    /// Scheduler: a schedule that is created exists already, unless the run has ended.
    private byte[] schedules(SdkHttpRequest request) {
        return switch (request.method()) {
            case DELETE -> refusal("404 Not Found", "ResourceNotFoundException");
            case POST -> ended ? scheduled() : refusal("409 Conflict", "ConflictException");
            default -> scheduled();
        };
    }

    private static byte[] scheduled() {
        return json(Json.object().put("ScheduleArn", "").set("Schedules", Json.array()));
    }

    /// S3: there is an object wherever one is asked for.
    private static byte[] object(SdkHttpRequest request) {
        if (request.rawQueryParameters().containsKey("list-type")) {
            return response(
                    "application/xml",
                    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
                    true);
        }
        return switch (request.method()) {
            case GET -> response("application/jsonl", LINE, true);
            case HEAD -> response("application/jsonl", LINE, false);
            default -> response("application/xml", "", true);
        };
    }

    private static byte[] refusal(String status, String type) {
        return """
        HTTP/1.1 %s
        Connection: close
        Content-Length: 0
        x-amzn-ErrorType: %s

        """
                .formatted(status, type)
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /// The answer of the endpoint from which functions under SnapStart get their credentials.
    static byte[] credentials() {
        return json(
                Json.object()
                        .put("AccessKeyId", "id")
                        .put("SecretAccessKey", "secret")
                        .put("Token", "token")
                        .put("Expiration", "2100-01-01T00:00:00Z"));
    }

    private static byte[] json(JsonNode body) {
        return response("application/x-amz-json-1.0", Json.text(body), true);
    }

    private static byte[] response(String type, String text, boolean sent) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var checksum = new CRC32();
        checksum.update(bytes);
        var head =
                """
                HTTP/1.1 200 OK
                Connection: close
                Content-Type: %1$s
                Content-Length: %2$d
                ETag: "1"
                Last-Modified: Thu, 02 Apr 2026 09:00:00 GMT
                x-amz-crc32: %3$d

                """
                        .formatted(type, bytes.length, checksum.getValue())
                        .replace("\n", "\r\n");
        return (head + (sent ? text : "")).getBytes(StandardCharsets.UTF_8);
    }
}
