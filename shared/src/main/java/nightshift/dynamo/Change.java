package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// An update of single attributes of one item, which leaves all others alone, on a condition.
final class Change {
    private static final long UNCOUNTED = -1_000_000_000_000L;

    private final String table;
    private final Map<String, AttributeValue> key;
    private final List<String> sets = new ArrayList<>();
    private final List<String> removes = new ArrayList<>();
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();
    private final Item values = Item.empty();

    Change(String table, Map<String, AttributeValue> key) {
        this.table = table;
        this.key = key;
    }

    /// Sets an attribute, or removes it if the value is null.
    Change set(String name, @Nullable String value) {
        if (value == null) {
            return remove(name);
        }
        values.put(assign(name), value);
        return this;
    }

    Change set(String name, @Nullable Long value) {
        if (value == null) {
            return remove(name);
        }
        values.put(assign(name), value);
        return this;
    }

    Change set(String name, boolean value) {
        values.put(assign(name), value);
        return this;
    }

    Change set(String name, @Nullable Instant value) {
        return set(name, value == null ? null : value.toString());
    }

    Change set(String name, @Nullable UUID value) {
        return set(name, value == null ? null : value.toString());
    }

    Change set(String name, @Nullable Item value) {
        if (value == null) {
            return remove(name);
        }
        values.put(assign(name), value);
        return this;
    }

    Change setTexts(String name, List<String> value) {
        values.putTexts(assign(name), value);
        return this;
    }

    Change setNumbers(String name, List<Long> value) {
        values.putNumbers(assign(name), value);
        return this;
    }

    /// Adds to a number that may not be there yet.
    Change add(String name, long amount) {
        sets.add(
                "%s = if_not_exists(%s, :zero) + :plus_%s".formatted(hash(name), hash(name), name));
        values.put(":zero", 0L).put(":plus_" + name, amount);
        return this;
    }

    /// Adds one to a count. Where nothing was counted before the count stays negative.
    Change count(String name) {
        sets.add("%s = if_not_exists(%s, :uncounted) + :one".formatted(hash(name), hash(name)));
        values.put(":uncounted", (Long) UNCOUNTED).put(":one", 1L);
        return this;
    }

    Change remove(String name) {
        removes.add(hash(name));
        return this;
    }

    /// Only if there is such an item.
    Change ifPresent() {
        return onlyIf("attribute_exists(pk)");
    }

    /// Only if the attribute still is what it was read as; null: absent.
    Change ifStill(String name, @Nullable String value) {
        if (value == null) {
            return onlyIf("attribute_not_exists(" + hash(name) + ")");
        }
        values.put(":was_" + name, value);
        return onlyIf(hash(name) + " = :was_" + name);
    }

    Change ifStill(String name, @Nullable Long value) {
        if (value == null) {
            return onlyIf("attribute_not_exists(" + hash(name) + ")");
        }
        values.put(":was_" + name, value);
        return onlyIf(hash(name) + " = :was_" + name);
    }

    /// Only if the number still is what it was read as.
    ///
    /// @param whenAbsent what an absent number reads as
    Change ifStill(String name, long value, long whenAbsent) {
        values.put(":was_" + name, value);
        var same = hash(name) + " = :was_" + name;
        return onlyIf(
                value == whenAbsent
                        ? "(attribute_not_exists(%s) OR %s)".formatted(hash(name), same)
                        : same);
    }

    /// Only if the attribute is absent or sorts before a value.
    Change ifBefore(String name, String value) {
        values.put(":next_" + name, value);
        return onlyIf(
                "(attribute_not_exists(%s) OR %s < :next_%s)"
                        .formatted(hash(name), hash(name), name));
    }

    Change ifBefore(String name, long value) {
        values.put(":next_" + name, value);
        return onlyIf(
                "(attribute_not_exists(%s) OR %s < :next_%s)"
                        .formatted(hash(name), hash(name), name));
    }

    TransactWriteItem inTransaction() {
        return TransactWriteItem.builder()
                .update(
                        Update.builder()
                                .tableName(table)
                                .key(key)
                                .updateExpression(expression())
                                .conditionExpression(condition())
                                .expressionAttributeNames(names)
                                .expressionAttributeValues(valuesOrNull())
                                .build())
                .build();
    }

    UpdateItemRequest.Builder alone() {
        return UpdateItemRequest.builder()
                .tableName(table)
                .key(key)
                .updateExpression(expression())
                .conditionExpression(condition())
                .expressionAttributeNames(names)
                .expressionAttributeValues(valuesOrNull());
    }

    private String assign(String name) {
        sets.add(hash(name) + " = :" + name);
        return ":" + name;
    }

    private String hash(String name) {
        names.put("#" + name, name);
        return "#" + name;
    }

    private Change onlyIf(String condition) {
        conditions.add(condition);
        return this;
    }

    private String expression() {
        var set = sets.isEmpty() ? "" : "SET " + String.join(", ", sets);
        var remove = removes.isEmpty() ? "" : " REMOVE " + String.join(", ", removes);
        return (set + remove).strip();
    }

    private @Nullable String condition() {
        return conditions.isEmpty() ? null : String.join(" AND ", conditions);
    }

    private @Nullable Map<String, AttributeValue> valuesOrNull() {
        return values.attributes().isEmpty() ? null : values.attributes();
    }
}
