package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.Select;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// A walk along a list of any length: keys are read where they are wanted, the rest is passed
/// without.
final class Listing {
    /// A list no longer than this is read with one query, whichever page of it is wanted.
    private static final int READ_WHOLE = 1_000;

    private final DynamoDbClient client;
    private final QueryRequest query;
    private Map<String, AttributeValue> position = Map.of();
    private boolean ended;
    private long passed;

    /// @param count of the whole list
    record Page(long count, List<Item> keys) {}

    private Listing(DynamoDbClient client, QueryRequest query) {
        this.client = client;
        this.query = query;
    }

    /// The query for the keys of a partition's listed items.
    ///
    /// @param prefix how their places in the list begin
    static QueryRequest query(String table, String pk, String prefix, boolean forward) {
        var values = Item.empty().put(":pk", pk);
        var condition = "pk = :pk";
        if (!prefix.isEmpty()) {
            values.put(":prefix", prefix);
            condition += " AND begins_with(" + Table.LISTING + ", :prefix)";
        }
        return QueryRequest.builder()
                .tableName(table)
                .indexName(Table.BY_LISTING)
                .consistentRead(true)
                .scanIndexForward(forward)
                .projectionExpression("pk, sk")
                .keyConditionExpression(condition)
                .expressionAttributeValues(values.attributes())
                .build();
    }

    /// How long the list is that a query finds.
    static long count(DynamoDbClient client, QueryRequest query) {
        var walk = new Listing(client, query);
        walk.pass(Long.MAX_VALUE);
        return walk.passed;
    }

    /// One page of the list that a query finds. DynamoDB counts the items before and after the page
    /// and sends only the number.
    static Page page(DynamoDbClient client, QueryRequest query, int offset, int limit) {
        var walk = new Listing(client, query);
        List<Item> page;
        if (offset < READ_WHOLE) {
            page = walk.start(offset, limit);
        } else {
            walk.pass(offset);
            page = walk.read(limit);
        }
        walk.pass(Integer.MAX_VALUE);
        return new Page(walk.passed, page);
    }

    /// The same where the length of a long list is known: the page is reached from the nearer end,
    /// and what lies beyond it is not touched.
    static Page page(
            DynamoDbClient client, QueryRequest query, int offset, int limit, LongSupplier length) {
        var walk = new Listing(client, query);
        if (offset < READ_WHOLE) {
            var page = walk.start(offset, limit);
            return new Page(walk.ended ? walk.passed : length.getAsLong(), page);
        }
        long count = length.getAsLong();
        int size = Math.clamp(count - offset, 0, limit);
        long after = count - offset - size;
        if (offset <= after) {
            walk.pass(offset);
            return new Page(count, walk.read(size));
        }
        var backwards = query.toBuilder().scanIndexForward(!query.scanIndexForward()).build();
        var back = new Listing(client, backwards);
        back.pass(after);
        return new Page(count, back.read(size).reversed());
    }

    /// Some items of what a query finds. A filter passes items one by one.
    static List<Item> slice(DynamoDbClient client, QueryRequest query, int offset, int limit) {
        if (query.filterExpression() != null) {
            int atOnce = Math.clamp(offset + (long) limit, 200, 5_000);
            return client.queryPaginator(query.toBuilder().limit(atOnce).build()).items().stream()
                    .skip(offset)
                    .limit(limit)
                    .map(Item::of)
                    .toList();
        }
        var walk = new Listing(client, query);
        walk.pass(offset);
        return walk.read(limit);
    }

    /// One page of what a query with a filter finds. Everything that it finds is read.
    static Page filtered(DynamoDbClient client, QueryRequest query, int offset, int limit) {
        var page = new ArrayList<Item>();
        long count = 0;
        for (var attributes : client.queryPaginator(query).items()) {
            if (count >= offset && page.size() < limit) {
                page.add(Item.of(attributes));
            }
            count++;
        }
        return new Page(count, page);
    }

    /// Items of which each that has an attribute follows those that belong to it. The offset and
    /// the limit count those that have it.
    ///
    /// @param heads the query that finds only those
    static List<Item> groups(
            DynamoDbClient client,
            QueryRequest query,
            QueryRequest heads,
            String attribute,
            int offset,
            int limit) {
        var skipped = new Listing(client, heads);
        skipped.pass(offset);
        var walk = new Listing(client, query);
        walk.position = skipped.position;
        walk.ended = skipped.ended && offset > 0;
        var items = new ArrayList<Item>();
        int found = 0;
        while (!walk.ended && found < limit) {
            for (var attributes : walk.next(query.toBuilder(), 2 * (limit - found)).items()) {
                if (found < limit) {
                    items.add(Item.of(attributes));
                    found += attributes.containsKey(attribute) ? 1 : 0;
                }
            }
        }
        return items;
    }

    private List<Item> start(int offset, int limit) {
        // one more than wanted, for DynamoDB says only then that there are no others
        var start = read(Math.max(READ_WHOLE, offset + limit) + 1);
        return start.stream().skip(offset).limit(limit).toList();
    }

    private List<Item> read(int most) {
        var items = new ArrayList<Item>();
        while (!ended && items.size() < most) {
            next(query.toBuilder(), most - items.size()).items().stream()
                    .map(Item::of)
                    .forEach(items::add);
        }
        return items;
    }

    private void pass(long most) {
        var counting = query.toBuilder().select(Select.COUNT).projectionExpression(null);
        long left = most;
        while (!ended && left > 0) {
            left -= next(counting, Math.clamp(left, 0, Integer.MAX_VALUE)).count();
        }
    }

    private QueryResponse next(QueryRequest.Builder query, int most) {
        var answer = client.query(query.limit(most).exclusiveStartKey(startKey()).build());
        position = answer.lastEvaluatedKey();
        ended = position.isEmpty();
        passed += answer.count();
        return answer;
    }

    private @Nullable Map<String, AttributeValue> startKey() {
        return position.isEmpty() ? null : position;
    }
}
