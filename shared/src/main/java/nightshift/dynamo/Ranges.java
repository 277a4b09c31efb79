package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads intervals of a partition or of an index, the last item first.
final class Ranges {
    private final DynamoDbClient client;
    private final QueryRequest table;

    Ranges(DynamoDbClient client, String name) {
        this.client = client;
        this.table = QueryRequest.builder().tableName(name).scanIndexForward(false).build();
    }

    /// An interval of sort keys, both ends included.
    ///
    /// @param index null: the table itself
    /// @param equal the values that some attributes must have
    record Range(
            @Nullable String index,
            String hash,
            String hashValue,
            String order,
            String from,
            String to,
            Map<String, String> equal) {

        /// An interval of a partition of the table.
        static Range of(String pk, String from, String to) {
            return new Range(null, Item.PK, pk, Item.SK, from, to, Map.of());
        }

        /// An interval of a partition's places in the list.
        static Range listed(String pk, String from, String to) {
            return new Range(Table.BY_LISTING, Item.PK, pk, Table.LISTING, from, to, Map.of());
        }

        /// An interval of a project's list. The index is a moment older than the table.
        static Range inProject(String list, String from, String to) {
            return new Range(
                    Table.BY_PROJECT,
                    Table.PROJECT_LIST,
                    list,
                    Table.LIST_ORDER,
                    from,
                    to,
                    Map.of());
        }

        Range only(String attribute, @Nullable String value) {
            if (value == null) {
                return this;
            }
            var both = new HashMap<>(equal);
            both.put(attribute, value);
            return new Range(index, hash, hashValue, order, from, to, both);
        }

        /// Whether it ends before it begins, which DynamoDB refuses.
        boolean isEmpty() {
            return from.compareTo(to) > 0;
        }
    }

    /// All items of an interval.
    List<Item> all(Range range) {
        return slice(range, 0, Integer.MAX_VALUE);
    }

    /// Some items of an interval.
    List<Item> slice(Range range, int offset, int limit) {
        return range.isEmpty() ? List.of() : Listing.slice(client, query(range), offset, limit);
    }

    /// One page of an interval, and how many items it has.
    Listing.Page page(Range range, int offset, int limit) {
        if (range.isEmpty()) {
            return new Listing.Page(0, List.of());
        }
        return range.equal().isEmpty()
                ? Listing.page(client, query(range), offset, limit)
                : Listing.filtered(client, query(range), offset, limit);
    }

    /// How many items an interval has.
    long count(Range range) {
        return page(range, Integer.MAX_VALUE, 0).count();
    }

    /// How many items of an interval have an attribute.
    long count(Range range, String attribute) {
        return Listing.page(client, having(query(range), attribute), Integer.MAX_VALUE, 0).count();
    }

    /// Items of an interval in which each item that has an attribute follows those that belong to
    /// it. The offset and the limit count those that have it.
    List<Item> groups(Range range, String attribute, int offset, int limit) {
        var query = query(range);
        return Listing.groups(client, query, having(query, attribute), attribute, offset, limit);
    }

    private static QueryRequest having(QueryRequest query, String attribute) {
        var names = new HashMap<>(query.expressionAttributeNames());
        names.put("#attribute", attribute);
        return query.toBuilder()
                .filterExpression("attribute_exists(#attribute)")
                .expressionAttributeNames(names)
                .build();
    }

    private QueryRequest query(Range range) {
        var names = new HashMap<String, String>();
        var values = Item.empty().put(":pk", range.hashValue()).put(":from", range.from());
        values.put(":to", range.to());
        names.put("#hash", range.hash());
        names.put("#order", range.order());
        var conditions =
                range.equal().entrySet().stream()
                        .map(each -> {
                            names.put("#" + each.getKey(), each.getKey());
                            values.put(":" + each.getKey(), each.getValue());
                            return "#%s = :%s".formatted(each.getKey(), each.getKey());
                        })
                        .toList();
        return table.toBuilder()
                .indexName(range.index())
                .consistentRead(!Table.BY_PROJECT.equals(range.index()))
                .keyConditionExpression("#hash = :pk AND #order BETWEEN :from AND :to")
                .filterExpression(conditions.isEmpty() ? null : String.join(" AND ", conditions))
                .expressionAttributeNames(names)
                .expressionAttributeValues(values.attributes())
                .build();
    }
}
