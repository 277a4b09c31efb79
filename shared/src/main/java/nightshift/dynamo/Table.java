package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionCheck;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The service's one table: reads that are strongly consistent, writes that are conditional.
public final class Table {
    static final String LISTING = "listing";
    static final String BY_LISTING = "by_listing";
    static final String BY_PROJECT = "by_project";
    static final String PROJECT_LIST = "project_list";
    static final String LIST_ORDER = "list_order";
    private static final int BATCH_READ = 100;

    private final DynamoDbClient client;
    private final String name;
    private final Lifetimes lifetimes;

    public Table(DynamoDbClient client, String name) {
        this(client, name, Lifetimes.STANDARD);
    }

    public Table(DynamoDbClient client, String name, Lifetimes lifetimes) {
        this.client = client;
        this.name = name;
        this.lifetimes = lifetimes;
    }

    Lifetimes lifetimes() {
        return lifetimes;
    }

    /// How a transaction ended.
    ///
    /// @param refused the indexes of the writes whose condition failed
    record Written(boolean done, List<Integer> refused) {
        /// Whether another transaction was in the way, so that the same one may pass at once.
        boolean conflicted() {
            return !done && refused.isEmpty();
        }

        boolean refused(int write) {
            return refused.contains(write);
        }
    }

    Optional<Item> get(Item key) {
        var found =
                client.getItem(
                        get -> get.tableName(name).key(key.attributes()).consistentRead(true));
        return found.hasItem() ? Optional.of(Item.of(found.item())) : Optional.empty();
    }

    /// The items with these keys, in the order of the keys; those that do not exist are left out.
    List<Item> getAll(Collection<Item> keys) {
        var found = new HashMap<Map<String, AttributeValue>, Item>();
        var wanted = keys.stream().map(Item::key).distinct().toList();
        var pending = new ArrayList<>(wanted);
        int fruitless = 0;
        while (!pending.isEmpty()) {
            var batch = pending.subList(0, Math.min(BATCH_READ, pending.size()));
            var asked =
                    KeysAndAttributes.builder()
                            .keys(List.copyOf(batch))
                            .consistentRead(true)
                            .build();
            batch.clear();
            var answer = client.batchGetItem(get -> get.requestItems(Map.of(name, asked)));
            for (var attributes : answer.responses().getOrDefault(name, List.of())) {
                var item = Item.of(attributes);
                found.put(item.key(), item);
            }
            // An answer ends at 16 MB, and the next one goes on; one that brought nothing was
            // throttled.
            var unprocessed = answer.unprocessedKeys().get(name);
            if (unprocessed != null) {
                pending.addAll(unprocessed.keys());
                boolean throttled = unprocessed.keys().size() == asked.keys().size();
                fruitless = throttled ? fruitless + 1 : 0;
                if (throttled) {
                    Retries.pauseThrottled(fruitless);
                }
            }
        }
        return wanted.stream().map(found::get).filter(Objects::nonNull).toList();
    }

    /// The partition's items whose sort key lies between two texts, in order.
    List<Item> between(String pk, String from, String to) {
        var query =
                QueryRequest.builder()
                        .tableName(name)
                        .consistentRead(true)
                        .keyConditionExpression("pk = :pk AND sk BETWEEN :from AND :to")
                        .expressionAttributeValues(
                                Item.empty()
                                        .put(":pk", pk)
                                        .put(":from", from)
                                        .put(":to", to)
                                        .attributes());
        return all(query);
    }

    /// The partition's items, in order.
    List<Item> allOf(String pk) {
        return all(whole(pk));
    }

    /// Some items of a partition, in descending order.
    ///
    /// @param next where the next page begins; empty: there is none
    record Page(List<Item> items, Map<String, AttributeValue> next) {}

    /// A page of the partition's items, in descending order.
    ///
    /// @param start as the page before says it; empty for the first one
    /// @param most how many items; null: a megabyte of them
    Page descending(String pk, Map<String, AttributeValue> start, @Nullable Integer most) {
        var answer =
                client.query(query ->
                        query.tableName(name)
                                .consistentRead(true)
                                .scanIndexForward(false)
                                .limit(most)
                                .exclusiveStartKey(start.isEmpty() ? null : start)
                                .keyConditionExpression("pk = :pk")
                                .expressionAttributeValues(
                                        Item.empty().put(":pk", pk).attributes()));
        return new Page(
                answer.items().stream().map(Item::of).toList(),
                answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : Map.of());
    }

    /// The keys of the partition's listed items whose place in the list begins with a prefix.
    List<Item> listed(String pk, String prefix, boolean forward) {
        return all(Listing.query(name, pk, prefix, forward).toBuilder());
    }

    /// The keys of one page of [#listed], and how many there are in all.
    Listing.Page page(String pk, String prefix, boolean forward, int offset, int limit) {
        return Listing.page(client, Listing.query(name, pk, prefix, forward), offset, limit);
    }

    /// How many items are listed.
    long count(String pk) {
        return Listing.count(client, Listing.query(name, pk, "", true));
    }

    /// The same where the length of a long list is known.
    Listing.Page page(String pk, int offset, int limit, LongSupplier length) {
        return Listing.page(client, Listing.query(name, pk, "", true), offset, limit, length);
    }

    /// The keys in a global index's partition whose sort key lies before a text, in its order. The
    /// index is a moment older than the table. Pages are read as the stream is consumed.
    Stream<Item> before(String index, String hash, String hashValue, String range, String before) {
        var query =
                QueryRequest.builder()
                        .tableName(name)
                        .indexName(index)
                        .keyConditionExpression("#hash = :hash AND #range < :before")
                        .expressionAttributeNames(Map.of("#hash", hash, "#range", range))
                        .expressionAttributeValues(
                                Item.empty()
                                        .put(":hash", hashValue)
                                        .put(":before", before)
                                        .attributes())
                        .build();
        return client.queryPaginator(query).items().stream().map(Item::of);
    }

    /// The partition's items, in order. Pages are read as the stream is consumed.
    Stream<Item> stream(String pk) {
        return client.queryPaginator(whole(pk).build()).items().stream().map(Item::of);
    }

    /// Writes an item with a new key. Returns the item that has the key already; empty: it was
    /// written.
    Optional<Item> putOrGet(Item item) {
        try {
            client.putItem(put ->
                    put.tableName(name)
                            .item(item.attributes())
                            .conditionExpression("attribute_not_exists(pk)")
                            .returnValuesOnConditionCheckFailure(
                                    ReturnValuesOnConditionCheckFailure.ALL_OLD));
            return Optional.empty();
        } catch (ConditionalCheckFailedException taken) {
            return Optional.of(Item.of(taken.item()));
        }
    }

    /// Writes an item, unless the item with its key has the same number or a greater one.
    void putGreater(Item item, String number) {
        try {
            client.putItem(put ->
                    put.tableName(name)
                            .item(item.attributes())
                            .conditionExpression("attribute_not_exists(pk) OR #number < :number")
                            .expressionAttributeNames(Map.of("#number", number))
                            .expressionAttributeValues(
                                    Item.empty()
                                            .put(":number", item.numberOrNull(number))
                                            .attributes()));
        } catch (ConditionalCheckFailedException _) {
            // what is there is newer
        }
    }

    /// Reads intervals of a partition or of an index.
    Ranges ranges() {
        return new Ranges(client, name);
    }

    Change change(Item key) {
        return new Change(name, key.attributes());
    }

    TransactWriteItem putNew(Item item) {
        return TransactWriteItem.builder()
                .put(
                        Put.builder()
                                .tableName(name)
                                .item(item.attributes())
                                .conditionExpression("attribute_not_exists(pk)")
                                .build())
                .build();
    }

    TransactWriteItem put(Item item) {
        return TransactWriteItem.builder()
                .put(Put.builder().tableName(name).item(item.attributes()).build())
                .build();
    }

    TransactWriteItem delete(Item key) {
        return TransactWriteItem.builder()
                .delete(Delete.builder().tableName(name).key(key.attributes()).build())
                .build();
    }

    TransactWriteItem deleteIfPresent(Item key) {
        return TransactWriteItem.builder()
                .delete(
                        Delete.builder()
                                .tableName(name)
                                .key(key.attributes())
                                .conditionExpression("attribute_exists(pk)")
                                .build())
                .build();
    }

    TransactWriteItem deleteIfStill(Item key, String attribute, long value) {
        return TransactWriteItem.builder()
                .delete(
                        Delete.builder()
                                .tableName(name)
                                .key(key.attributes())
                                .conditionExpression(attribute + " = :value")
                                .expressionAttributeValues(
                                        Item.empty().put(":value", value).attributes())
                                .build())
                .build();
    }

    TransactWriteItem checkAbsent(Item key) {
        return check(key, "attribute_not_exists(pk)", Map.of());
    }

    TransactWriteItem checkStill(Item key, String attribute, long value) {
        return check(key, attribute + " = :value", Item.empty().put(":value", value).attributes());
    }

    /// Writes all or nothing.
    Written write(TransactWriteItem... writes) {
        return write(List.of(writes));
    }

    Written write(List<TransactWriteItem> writes) {
        try {
            client.transactWriteItems(transaction -> transaction.transactItems(writes));
            return new Written(true, List.of());
        } catch (TransactionCanceledException cancelled) {
            var refused = new ArrayList<Integer>();
            var reasons = cancelled.cancellationReasons();
            for (int i = 0; i < reasons.size(); i++) {
                switch (String.valueOf(reasons.get(i).code())) {
                    case "ConditionalCheckFailed" -> refused.add(i);
                    case "None",
                            "null",
                            "TransactionConflict",
                            "ThrottlingError",
                            "ProvisionedThroughputExceeded" -> {}
                    default -> throw cancelled;
                }
            }
            return new Written(false, refused);
        }
    }

    /// Writes one change. Answers whether its condition held.
    boolean write(Change change) {
        return retryConflicts(() -> {
            try {
                client.updateItem(change.alone().build());
                return true;
            } catch (ConditionalCheckFailedException _) {
                return false;
            } catch (TransactionConflictException _) {
                return null;
            }
        });
    }

    /// Writes one change. Returns the item as it is then; empty: the condition did not hold.
    Optional<Item> changed(Change change) {
        var request = change.alone().returnValues(ReturnValue.ALL_NEW).build();
        return retryConflicts(() -> {
            try {
                return Optional.of(Item.of(client.updateItem(request).attributes()));
            } catch (ConditionalCheckFailedException _) {
                return Optional.empty();
            } catch (TransactionConflictException _) {
                return null;
            }
        });
    }

    /// Repeats an attempt until it answers: other writers were in the way.
    ///
    /// @param attempt answers null to be repeated
    /// @throws IllegalStateException if the others never let it through
    <T> T retryConflicts(Supplier<@Nullable T> attempt) {
        return Retries.untilAnswered(attempt);
    }

    private TransactWriteItem check(
            Item key, String condition, Map<String, AttributeValue> values) {
        return TransactWriteItem.builder()
                .conditionCheck(
                        ConditionCheck.builder()
                                .tableName(name)
                                .key(key.attributes())
                                .conditionExpression(condition)
                                .expressionAttributeValues(values.isEmpty() ? null : values)
                                .build())
                .build();
    }

    private QueryRequest.Builder whole(String pk) {
        return QueryRequest.builder()
                .tableName(name)
                .consistentRead(true)
                .keyConditionExpression("pk = :pk")
                .expressionAttributeValues(Item.empty().put(":pk", pk).attributes());
    }

    private List<Item> all(QueryRequest.Builder query) {
        var items = new ArrayList<Item>();
        Map<String, AttributeValue> start = Map.of();
        do {
            var answer =
                    client.query(query.exclusiveStartKey(start.isEmpty() ? null : start).build());
            answer.items().forEach(item -> items.add(Item.of(item)));
            start = answer.hasLastEvaluatedKey() ? answer.lastEvaluatedKey() : Map.of();
        } while (!start.isEmpty());
        return items;
    }
}
