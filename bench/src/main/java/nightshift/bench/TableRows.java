package nightshift.bench;

import module java.base;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/// Copies items of the functions under other ids. This class knows only the two keys of an item.
record TableRows(DynamoDbClient client, String table) {
    private static final int LARGEST_BATCH = 25;

    /// The items whose partition key, followed by the sort key, matches a pattern.
    List<Map<String, AttributeValue>> keyedBy(String pattern) {
        var pages = client.scanPaginator(scan -> scan.tableName(table).consistentRead(true));
        var matches = Pattern.compile(pattern).asPredicate();
        return pages.items().stream()
                .filter(item -> matches.test(item.get("pk") + " " + item.get("sk")))
                .toList();
    }

    /// Writes so many copies of the items whose keys match a pattern, with other ids in place of
    /// one of theirs.
    void copy(String key, String id, int copies) {
        var items = keyedBy(key);
        var written = new ArrayList<Map<String, AttributeValue>>();
        for (int i = 0; i < copies; i++) {
            var other = UUID.randomUUID().toString().substring(0, id.length());
            written.addAll(copy(items, Map.of(id, other)));
        }
        write(written);
    }

    /// Sets the number of automations that the project's item holds.
    void setAutomations(long project, int count) {
        var item = new HashMap<>(keyedBy("=PROJECT#" + project + "[)].*=PROJECT[)]").getFirst());
        item.put("automation_count", AttributeValue.fromN(Integer.toString(count)));
        write(List.of(item));
    }

    /// Copies of items, with other texts in place of some that their attributes contain.
    static List<Map<String, AttributeValue>> copy(
            List<Map<String, AttributeValue>> items, Map<String, String> replaced) {
        var copies = new ArrayList<Map<String, AttributeValue>>();
        for (var item : items) {
            var copy = new HashMap<>(item);
            copy.replaceAll((_, value) ->
                    value.s() == null ? value : AttributeValue.fromS(replace(value.s(), replaced)));
            copies.add(copy);
        }
        return copies;
    }

    static String replace(String text, Map<String, String> replaced) {
        for (var each : replaced.entrySet()) text = text.replace(each.getKey(), each.getValue());
        return text;
    }

    void write(List<Map<String, AttributeValue>> items) {
        for (int from = 0; from < items.size(); from += LARGEST_BATCH) {
            var writes =
                    items.subList(from, Math.min(from + LARGEST_BATCH, items.size())).stream()
                            .map(item -> WriteRequest.builder().putRequest(put -> put.item(item)))
                            .map(WriteRequest.Builder::build)
                            .toList();
            client.batchWriteItem(write -> write.requestItems(Map.of(table, writes)));
        }
    }
}
