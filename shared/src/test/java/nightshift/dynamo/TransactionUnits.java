package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Counts the write units of transactions by DynamoDB's rules: two for each kilobyte of an item,
/// and one for each entry that is put into an index or taken out of it.
///
/// DynamoDB Local does not: of the writes of a transaction that cost the same it reports one.
final class TransactionUnits implements ExecutionInterceptor {
    private static final int KILOBYTE = 1024;

    private final String table;
    private final Map<Map<String, AttributeValue>, Map<String, AttributeValue>> before =
            new HashMap<>();
    private int total;

    /// @param key the names of its key attributes
    /// @param others the names of the other attributes that it holds
    private record Index(List<String> key, List<String> others) {
        /// The item's entry; empty: it has none.
        Map<String, AttributeValue> entry(Map<String, AttributeValue> item) {
            var entry = new HashMap<>(item);
            entry.keySet().retainAll(Stream.concat(key.stream(), others.stream()).toList());
            return entry.keySet().containsAll(key) ? entry : Map.of();
        }

        int units(Map<String, AttributeValue> from, Map<String, AttributeValue> to) {
            var old = entry(from);
            var now = entry(to);
            boolean moved = key.stream().anyMatch(name -> !same(old, now, name));
            if (old.equals(now)) return 0;
            return moved && !old.isEmpty() && !now.isEmpty() ? 2 : 1;
        }

        private static boolean same(
                Map<String, AttributeValue> one, Map<String, AttributeValue> other, String name) {
            @Nullable AttributeValue value = one.get(name);
            return value == null ? !other.containsKey(name) : value.equals(other.get(name));
        }
    }

    TransactionUnits(String table) {
        this.table = table;
    }

    /// The units since the last call.
    int take() {
        int units = total;
        total = 0;
        return units;
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        if (context.request() instanceof TransactWriteItemsRequest write) {
            before.clear();
            write.transactItems().stream()
                    .map(TransactionUnits::key)
                    .forEach(key -> before.put(key, item(key)));
        }
        return context.request();
    }

    @Override
    public SdkResponse modifyResponse(
            Context.ModifyResponse context, ExecutionAttributes attributes) {
        if (context.response() instanceof TransactWriteItemsResponse) {
            var indexes = indexes();
            before.forEach((key, from) -> {
                var to = item(key);
                total += 2 * Math.max(1, Math.ceilDiv(Math.max(size(from), size(to)), KILOBYTE));
                indexes.forEach(index -> total += index.units(from, to));
            });
        }
        return context.response();
    }

    private List<Index> indexes() {
        var described = DynamoServer.CLIENT.describeTable(it -> it.tableName(table)).table();
        return Stream.concat(
                        described.globalSecondaryIndexes().stream()
                                .map(index ->
                                        index(
                                                index.keySchema(),
                                                index.projection().nonKeyAttributes())),
                        described.localSecondaryIndexes().stream()
                                .map(index ->
                                        index(
                                                index.keySchema(),
                                                index.projection().nonKeyAttributes())))
                .toList();
    }

    private static Index index(List<KeySchemaElement> key, List<String> others) {
        return new Index(key.stream().map(KeySchemaElement::attributeName).toList(), others);
    }

    private Map<String, AttributeValue> item(Map<String, AttributeValue> key) {
        return DynamoServer.CLIENT
                .getItem(get -> get.tableName(table).key(key).consistentRead(true))
                .item();
    }

    private static Map<String, AttributeValue> key(TransactWriteItem write) {
        if (write.put() != null) return Item.of(write.put().item()).key();
        if (write.update() != null) return write.update().key();
        return write.delete() == null ? write.conditionCheck().key() : write.delete().key();
    }

    private static int size(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .mapToInt(each -> bytes(each.getKey()) + size(each.getValue()))
                .sum();
    }

    private static int size(AttributeValue value) {
        return switch (value.type()) {
            case S -> bytes(value.s());
            case N -> bytes(value.n());
            case M -> 3 + size(value.m());
            case L -> 3 + value.l().stream().mapToInt(TransactionUnits::size).sum();
            default -> 1;
        };
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
