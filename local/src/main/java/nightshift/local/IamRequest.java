package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// An authorization request to IAM: one action on one resource.
///
/// @param action for example `dynamodb:GetItem`
/// @param resource the ARN of the resource
/// @param context the values of the condition keys
record IamRequest(String action, String resource, Map<String, List<String>> context) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SERVICE = Pattern.compile("Credential=[^/]+/[^/]+/[^/]+/([^/]+)/");
    private static final Pattern NAME = Pattern.compile("(?<![\\w:#])#?[A-Za-z_]\\w*(?!\\w*\\()");
    private static final Set<String> WORDS = Set.of("SET", "REMOVE", "ADD", "DELETE", "AND", "OR");
    private static final Pattern HASH_KEY = Pattern.compile("^\\s*\\S+\\s*=\\s*(:\\w+)");

    private IamRequest(String action, String resource) {
        this(action, resource, Map.of());
    }

    /// Returns the authorization requests of a signed AWS request.
    ///
    /// @throws IllegalArgumentException if the operation is not supported
    /// @see <a
    ///   href="https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html">AWS:
    ///   actions, resources, and condition keys for AWS services</a>
    static List<IamRequest> of(SdkHttpRequest request, byte[] body) {
        var signature = SERVICE.matcher(request.firstMatchingHeader("Authorization").orElse(""));
        var service = signature.find() ? signature.group(1) : "";
        var operation =
                request.firstMatchingHeader("X-Amz-Target").orElse("").replaceAll(".*\\.", "");
        return switch (service) {
            case "dynamodb" -> dynamoDb(operation, json(body)).toList();
            case "events" ->
                    json(body).path("Entries").valueStream().map(IamRequest::event).toList();
            case "scheduler" -> scheduler(request, body);
            case "s3" -> s3(request);
            default -> throw unknown("the service " + service);
        };
    }

    /// The permission that S3 requires for a 404 answer to a read of a missing object. Without it,
    /// S3 answers 403.
    ///
    /// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html">AWS:
    ///   GetObject, permissions</a>
    static IamRequest listing(IamRequest object) {
        return new IamRequest("s3:ListBucket", object.resource().replaceFirst("/.*", ""));
    }

    private static Stream<IamRequest> dynamoDb(String operation, JsonNode input) {
        return switch (operation) {
            case "GetItem", "UpdateItem", "DeleteItem" ->
                    Stream.of(item(operation, input, input.path("Key")));
            case "PutItem" -> Stream.of(item(operation, input, input.path("Item")));
            case "BatchGetItem" ->
                    input.path("RequestItems")
                            .propertyStream()
                            .map(table -> batch(table.getKey(), table.getValue().path("Keys")));
            case "TransactWriteItems" ->
                    input.path("TransactItems")
                            .valueStream()
                            .flatMap(JsonNode::propertyStream)
                            .map(IamRequest::write);
            case "Query" -> Stream.of(query(input));
            case "Scan" -> Stream.of(new IamRequest("dynamodb:Scan", table(input)));
            default -> throw unknown(operation);
        };
    }

    /// @param write an operation of a transaction, by its name: `Put`, `Update`, `Delete` or
    ///   `ConditionCheck`
    private static IamRequest write(Map.Entry<String, JsonNode> write) {
        var key = write.getValue().path(write.getKey().equals("Put") ? "Item" : "Key");
        return item(write.getKey() + "Item", write.getValue(), key);
    }

    private static IamRequest item(String operation, JsonNode input, JsonNode key) {
        var request = withLeadingKeys("dynamodb:" + operation, table(input), Stream.of(key));
        if (!input.has("UpdateExpression")) return request;
        var context = new LinkedHashMap<>(request.context());
        context.put("dynamodb:Attributes", attributes(input, key));
        return new IamRequest(request.action(), request.resource(), context);
    }

    /// The attributes that an update changes, compares or finds its item by.
    private static List<String> attributes(JsonNode input, JsonNode key) {
        var attributes = new TreeSet<String>();
        key.fieldNames().forEachRemaining(attributes::add);
        for (var expression : List.of("UpdateExpression", "ConditionExpression")) {
            NAME.matcher(input.path(expression).asText(""))
                    .results()
                    .map(MatchResult::group)
                    .filter(name -> !WORDS.contains(name))
                    .map(name -> input.path("ExpressionAttributeNames").path(name).asText(name))
                    .forEach(attributes::add);
        }
        return List.copyOf(attributes);
    }

    private static IamRequest batch(String table, JsonNode keys) {
        return withLeadingKeys(
                "dynamodb:BatchGetItem",
                LocalAccount.arn("dynamodb", "table/" + table),
                keys.valueStream());
    }

    private static IamRequest withLeadingKeys(
            String action, String resource, Stream<JsonNode> keys) {
        return withLeadingKeys(
                action, resource, keys.map(key -> key.path("pk").path("S").asText()).toList());
    }

    private static IamRequest withLeadingKeys(
            String action, String resource, List<String> partitions) {
        return new IamRequest(action, resource, Map.of("dynamodb:LeadingKeys", partitions));
    }

    private static IamRequest query(JsonNode input) {
        var partition = HASH_KEY.matcher(input.path("KeyConditionExpression").asText());
        if (!partition.find()) throw unknown("Query " + input);
        var value = input.path("ExpressionAttributeValues").path(partition.group(1));
        var index = input.path("IndexName").asText("");
        return withLeadingKeys(
                "dynamodb:Query",
                table(input) + (index.isEmpty() ? "" : "/index/" + index),
                List.of(value.path("S").asText()));
    }

    private static String table(JsonNode input) {
        return LocalAccount.arn("dynamodb", "table/" + input.path("TableName").asText());
    }

    private static IamRequest event(JsonNode entry) {
        return new IamRequest(
                "events:PutEvents",
                LocalAccount.arn("events", "event-bus/" + entry.path("EventBusName").asText()));
    }

    private static List<IamRequest> scheduler(SdkHttpRequest request, byte[] body) {
        var path = path(request).split("/", 3);
        var name = path.length > 2 ? path[2] : "";
        var kind = path[1].equals("schedule-groups") ? "ScheduleGroup" : "Schedule";
        if (name.isEmpty() && request.method() == SdkHttpMethod.GET) {
            return List.of(new IamRequest("scheduler:List" + kind + "s", "*"));
        }
        var verb =
                switch (request.method()) {
                    case GET -> "Get";
                    case POST -> "Create";
                    case PUT -> "Update";
                    case DELETE -> "Delete";
                    default -> throw unknown(request.method() + " " + path(request));
                };
        var action = "scheduler:" + verb + kind;
        if (kind.equals("ScheduleGroup")) {
            return List.of(
                    new IamRequest(
                            action, LocalAccount.arn("scheduler", "schedule-group/" + name)));
        }
        var input = json(body);
        var group =
                request.firstMatchingRawQueryParameter("groupName")
                        .orElse(input.path("GroupName").asText());
        var accesses = new ArrayList<IamRequest>();
        accesses.add(
                new IamRequest(
                        action, LocalAccount.arn("scheduler", "schedule/" + group + "/" + name)));
        if (input.has("Target")) {
            accesses.add(
                    new IamRequest(
                            "iam:PassRole",
                            input.path("Target").path("RoleArn").asText(),
                            Map.of("iam:PassedToService", List.of("scheduler.amazonaws.com"))));
        }
        return accesses;
    }

    private static List<IamRequest> s3(SdkHttpRequest request) {
        var path = path(request);
        if (path.indexOf('/', 1) < 0 || path.endsWith("/")) {
            var prefix = request.firstMatchingRawQueryParameter("prefix").orElse("");
            return List.of(
                    new IamRequest(
                            "s3:ListBucket",
                            object(path).replace("/", ""),
                            Map.of("s3:prefix", List.of(prefix))));
        }
        return switch (request.method()) {
            case GET, HEAD -> List.of(new IamRequest("s3:GetObject", object(path)));
            case POST -> List.of(new IamRequest("s3:PutObject", object(path)));
            case PUT ->
                    Stream.concat(
                                    Stream.of(new IamRequest("s3:PutObject", object(path))),
                                    request.firstMatchingHeader("x-amz-copy-source").stream()
                                            .map(IamRequest::decoded)
                                            .map(source ->
                                                    new IamRequest("s3:GetObject", object(source))))
                            .toList();
            case DELETE -> {
                boolean ofUpload = request.firstMatchingRawQueryParameter("uploadId").isPresent();
                var action = ofUpload ? "s3:AbortMultipartUpload" : "s3:DeleteObject";
                yield List.of(new IamRequest(action, object(path)));
            }
            default -> throw unknown(request.method() + " " + path);
        };
    }

    /// @param path of a bucket, or of an object in a bucket
    private static String object(String path) {
        return "arn:aws:s3:::" + path.replaceFirst("^/", "");
    }

    private static String path(SdkHttpRequest request) {
        return decoded(request.encodedPath());
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException notJson) {
            throw new UncheckedIOException(notJson);
        }
    }

    private static IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("What IAM asks for is not known here: " + what);
    }
}
