package nightshift.bench;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.ObjectMapper;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Objects;

/// Reads the event as a tree and one item with the SDK: what no endpoint of this design can go
/// below.
public final class BareGetItem implements RequestStreamHandler {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DynamoDbClient client =
            DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    private final String table = System.getenv("TABLE_NAME");

    @Override
    public void handleRequest(InputStream event, OutputStream response, Context context)
            throws IOException {
        var project = JSON.readTree(event).path("pathParameters").path("project_id").asText();
        var key =
                Map.of(
                        "pk", AttributeValue.fromS("PROJECT#" + project),
                        "sk", AttributeValue.fromS("PROJECT"));
        var found = client.getItem(get -> get.tableName(table).key(key).consistentRead(true));
        var answer = JSON.createObjectNode().put("statusCode", 200);
        answer.putObject("headers").put("Content-Type", "application/json");
        answer.put("body", Objects.requireNonNull(found.item().get("name")).s());
        response.write(JSON.writeValueAsBytes(answer));
    }
}
