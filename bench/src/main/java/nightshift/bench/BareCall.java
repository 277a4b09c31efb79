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
    /// The key of the object that is read.
    static final String NAME = "bench";

    /// The key of the item that is read.
    static final Map<String, AttributeValue> READ = key("BENCH", NAME);

    private static final String TRANSACTION = "TransactWriteItems-";

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

    static boolean exists(String name) {
        return name.matches("GetItem|Query|PutItem|GetObject|PutObject|presign")
                || name.startsWith(TRANSACTION);
    }

    private static Supplier<Object> call(String name) {
        return switch (name) {
            case "GetObject" -> {
                var client = s3();
                yield () -> client.getObjectAsBytes(get -> get.bucket(BUCKET).key(NAME));
            }
            case "PutObject" -> {
                var client = s3();
                var body = RequestBody.fromString(NAME);
                yield () -> client.putObject(put -> put.bucket(BUCKET).key("bench-put"), body);
            }
            case "presign" -> {
                var presigner = S3Presigner.create();
                yield () ->
                        presigner.presignGetObject(link ->
                                link.signatureDuration(Duration.ofHours(1))
                                        .getObjectRequest(get -> get.bucket(BUCKET).key(NAME)));
            }
            default -> dynamoDb(name);
        };
    }

    private static Supplier<Object> dynamoDb(String name) {
        var http = UrlConnectionHttpClient.create();
        var client = DynamoDbClient.builder().httpClient(http).build();
        return switch (name) {
            case "GetItem" ->
                    () ->
                            client.getItem(
                                    get -> get.tableName(TABLE).key(READ).consistentRead(true));
            case "Query" ->
                    () ->
                            client.query(query ->
                                    query.tableName(TABLE)
                                            .keyConditionExpression("pk = :pk")
                                            .expressionAttributeValues(
                                                    Map.of(":pk", READ.get("pk"))));
            case "PutItem" ->
                    () ->
                            client.putItem(put ->
                                    put.tableName(TABLE)
                                            .item(newItem())
                                            .conditionExpression(IS_NEW));
            default -> {
                int items = Integer.parseInt(name.substring(TRANSACTION.length()));
                yield () ->
                        client.transactWriteItems(write ->
                                write.transactItems(
                                        Collections.nCopies(items, 0).stream()
                                                .map(_ -> newPut())
                                                .toList()));
            }
        };
    }

    private static S3Client s3() {
        return S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build();
    }

    private static TransactWriteItem newPut() {
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
