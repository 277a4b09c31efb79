package nightshift.bench;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The table from below: rows that the functions wrote are copied under other ids.
final class Rows {
    private static final int BATCH = 25;

    private final DynamoDbClient client;
    private final String table;

    Rows(DynamoDbClient client, String table) {
        this.client = client;
        this.table = table;
    }

    Map<String, AttributeValue> get(String pk, String sk) {
        var key = Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
        var found = client.getItem(get -> get.tableName(table).key(key).consistentRead(true));
        if (!found.hasItem()) throw new IllegalStateException("no row " + pk + ", " + sk);
        return found.item();
    }

    /// A row with other texts in the place of some that its attributes contain.
    static Map<String, AttributeValue> copy(
            Map<String, AttributeValue> row, Map<String, String> replaced) {
        var copy = new HashMap<>(row);
        copy.replaceAll((_, value) ->
                value.s() == null ? value : AttributeValue.fromS(replace(value.s(), replaced)));
        return copy;
    }

    static String replace(String text, Map<String, String> replaced) {
        for (var each : replaced.entrySet()) text = text.replace(each.getKey(), each.getValue());
        return text;
    }

    /// Adds to a number of a row.
    void add(String pk, String sk, String attribute, long value) {
        var key = Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
        client.updateItem(update ->
                update.tableName(table)
                        .key(key)
                        .updateExpression("ADD " + attribute + " :value")
                        .expressionAttributeValues(
                                Map.of(":value", AttributeValue.fromN(Long.toString(value)))));
    }

    void write(List<Map<String, AttributeValue>> rows) {
        for (int from = 0; from < rows.size(); from += BATCH) {
            var writes = new ArrayList<WriteRequest>();
            for (var row : rows.subList(from, Math.min(from + BATCH, rows.size()))) {
                var put = PutRequest.builder().item(row).build();
                writes.add(WriteRequest.builder().putRequest(put).build());
            }
            var pending = Map.of(table, List.copyOf(writes));
            while (!pending.isEmpty()) {
                var batch = pending;
                pending =
                        client.batchWriteItem(write -> write.requestItems(batch))
                                .unprocessedItems();
            }
        }
    }
}
