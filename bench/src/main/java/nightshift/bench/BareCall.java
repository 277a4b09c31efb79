package nightshift.bench;

import module java.base;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.ObjectMapper;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Parses its event and makes one SDK call, which the environment variable `BARE_CALL` selects. It
/// is the lower limit for a function with this call.
public final class BareCall implements RequestStreamHandler {
    static final List<String> ALL =
            List.of(
                    "GetItem",
                    "Query",
                    "PutItem",
                    "TransactWriteItems",
                    "S3 GET",
                    "S3 PUT",
                    "presign");

    /// The key of the object that is read.
    static final String NAME = "bench";

    /// The key of the item that is read.
    static final Map<String, AttributeValue> READ = key("BENCH", NAME);

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TABLE = System.getenv("TABLE_NAME");
    private static final String BUCKET = System.getenv("BUCKET_NAME");
    private static final String IS_NEW = "attribute_not_exists(pk)";

    private final Supplier<Object> call = call(System.getenv("BARE_CALL"));

    @Override
    public void handleRequest(InputStream event, OutputStream response, Context context)
            throws IOException {
        var method = JSON.readTree(event).path("httpMethod").asText();
        var answer = JSON.createObjectNode().put("statusCode", 200);
        answer.put("body", method + call.get());
        response.write(JSON.writeValueAsBytes(answer));
    }

    private static Supplier<Object> call(String name) {
        return switch (name) {
            case "GetItem" -> {
                var client = dynamoDb();
                yield () ->
                        client.getItem(get -> get.tableName(TABLE).key(READ).consistentRead(true));
            }
            case "Query" -> {
                var client = dynamoDb();
                yield () ->
                        client.query(query ->
                                query.tableName(TABLE)
                                        .keyConditionExpression("pk = :pk")
                                        .expressionAttributeValues(Map.of(":pk", READ.get("pk"))));
            }
            case "PutItem" -> {
                var client = dynamoDb();
                yield () ->
                        client.putItem(put ->
                                put.tableName(TABLE).item(newItem()).conditionExpression(IS_NEW));
            }
            case "TransactWriteItems" -> {
                var client = dynamoDb();
                yield () -> client.transactWriteItems(write -> write.transactItems(put(), put()));
            }
            case "S3 GET" -> {
                var client = s3();
                yield () -> client.getObjectAsBytes(get -> get.bucket(BUCKET).key(NAME));
            }
            case "S3 PUT" -> {
                var client = s3();
                var body = RequestBody.fromString(NAME);
                yield () -> client.putObject(put -> put.bucket(BUCKET).key("bench-put"), body);
            }
            default -> {
                var presigner = S3Presigner.create();
                yield () ->
                        presigner.presignGetObject(link ->
                                link.signatureDuration(Duration.ofHours(1))
                                        .getObjectRequest(get -> get.bucket(BUCKET).key(NAME)));
            }
        };
    }

    private static DynamoDbClient dynamoDb() {
        return DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    }

    private static S3Client s3() {
        return S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build();
    }

    private static TransactWriteItem put() {
        var item = newItem();
        return TransactWriteItem.builder()
                .put(put -> put.tableName(TABLE).item(item).conditionExpression(IS_NEW))
                .build();
    }

    private static Map<String, AttributeValue> newItem() {
        return key("BENCH#NEW", UUID.randomUUID().toString());
    }

    private static Map<String, AttributeValue> key(String pk, String sk) {
        return Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
    }
}
