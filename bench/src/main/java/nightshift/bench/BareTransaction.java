package nightshift.bench;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.ObjectMapper;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.UUID;

/// Reads the event as a tree, puts one item with the SDK and changes another in the same
/// transaction: what starting a run cannot go below.
public final class BareTransaction implements RequestStreamHandler {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DynamoDbClient client =
            DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    private final String table = System.getenv("TABLE_NAME");

    @Override
    public void handleRequest(InputStream event, OutputStream response, Context context)
            throws IOException {
        var project = JSON.readTree(event).path("pathParameters").path("project_id").asText();
        var id = AttributeValue.fromS(UUID.randomUUID().toString());
        var item = Map.of("pk", AttributeValue.fromS("BARE#" + project), "sk", id);
        var latest = Map.of("pk", item.get("pk"), "sk", AttributeValue.fromS("LATEST"));
        var put =
                TransactWriteItem.builder()
                        .put(one ->
                                one.tableName(table)
                                        .item(item)
                                        .conditionExpression("attribute_not_exists(pk)"))
                        .build();
        var change =
                TransactWriteItem.builder()
                        .update(one ->
                                one.tableName(table)
                                        .key(latest)
                                        .updateExpression("SET latest = :id")
                                        .expressionAttributeValues(Map.of(":id", id)))
                        .build();
        client.transactWriteItems(write -> write.transactItems(put, change));
        var answer = JSON.createObjectNode().put("statusCode", 201);
        answer.putObject("headers").put("Content-Type", "application/json");
        answer.put("body", id.s());
        response.write(JSON.writeValueAsBytes(answer));
    }
}
