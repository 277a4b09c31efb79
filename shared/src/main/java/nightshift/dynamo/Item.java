package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// An item's attributes without the noise of [AttributeValue]. Null and absent are the same.
final class Item {
    static final String PK = "pk";
    static final String SK = "sk";

    /// When DynamoDB deletes the item, in seconds.
    static final String EXPIRES_AT = "expires_at";

    private final Map<String, AttributeValue> attributes;

    private Item(Map<String, AttributeValue> attributes) {
        this.attributes = attributes;
    }

    static Item empty() {
        return new Item(new HashMap<>());
    }

    static Item keyed(String pk, String sk) {
        return empty().put(PK, pk).put(SK, sk);
    }

    static Item of(Map<String, AttributeValue> attributes) {
        return new Item(attributes);
    }

    Map<String, AttributeValue> attributes() {
        return attributes;
    }

    /// The item's two key attributes.
    Map<String, AttributeValue> key() {
        return keyed(text(PK), text(SK)).attributes();
    }

    Item put(String name, @Nullable String value) {
        if (value != null) {
            attributes.put(name, AttributeValue.fromS(value));
        }
        return this;
    }

    Item put(String name, @Nullable Long value) {
        if (value != null) {
            attributes.put(name, AttributeValue.fromN(value.toString()));
        }
        return this;
    }

    Item put(String name, boolean value) {
        attributes.put(name, AttributeValue.fromBool(value));
        return this;
    }

    Item put(String name, @Nullable Instant value) {
        return put(name, value == null ? null : value.toString());
    }

    Item put(String name, @Nullable UUID value) {
        return put(name, value == null ? null : value.toString());
    }

    Item put(String name, @Nullable SdkBytes value) {
        if (value != null) {
            attributes.put(name, AttributeValue.fromB(value));
        }
        return this;
    }

    Item putTexts(String name, List<String> values) {
        var list = new ArrayList<AttributeValue>();
        for (var value : values) list.add(AttributeValue.fromS(value));
        attributes.put(name, AttributeValue.fromL(list));
        return this;
    }

    Item putNumbers(String name, @Nullable List<Long> values) {
        if (values != null) {
            var list = new ArrayList<AttributeValue>();
            for (var value : values) list.add(AttributeValue.fromN(value.toString()));
            attributes.put(name, AttributeValue.fromL(list));
        }
        return this;
    }

    Item put(String name, @Nullable Item value) {
        if (value != null) {
            attributes.put(name, AttributeValue.fromM(value.attributes));
        }
        return this;
    }

    String text(String name) {
        var text = textOrNull(name);
        if (text == null) {
            throw new IllegalStateException("item without " + name + ": " + attributes.get(PK));
        }
        return text;
    }

    @Nullable String textOrNull(String name) {
        var value = attributes.get(name);
        return value == null ? null : value.s();
    }

    long number(String name, long otherwise) {
        var number = numberOrNull(name);
        return number == null ? otherwise : number;
    }

    @Nullable Long numberOrNull(String name) {
        var value = attributes.get(name);
        return value == null ? null : Long.valueOf(value.n());
    }

    @Nullable SdkBytes bytesOrNull(String name) {
        var value = attributes.get(name);
        return value == null ? null : value.b();
    }

    boolean flag(String name) {
        var value = attributes.get(name);
        return value != null && value.bool();
    }

    Instant time(String name) {
        return Instant.parse(text(name));
    }

    @Nullable Instant timeOrNull(String name) {
        var text = textOrNull(name);
        return text == null ? null : Instant.parse(text);
    }

    UUID uuid(String name) {
        return UUID.fromString(text(name));
    }

    @Nullable UUID uuidOrNull(String name) {
        var text = textOrNull(name);
        return text == null ? null : UUID.fromString(text);
    }

    @Nullable Item itemOrNull(String name) {
        var value = attributes.get(name);
        return value == null ? null : new Item(value.m());
    }

    List<String> texts(String name) {
        var texts = new ArrayList<String>();
        var list = attributes.get(name);
        if (list != null) for (var value : list.l()) texts.add(value.s());
        return texts;
    }

    @Nullable List<Long> numbersOrNull(String name) {
        var list = attributes.get(name);
        if (list == null) return null;
        var numbers = new ArrayList<Long>();
        for (var value : list.l()) numbers.add(Long.valueOf(value.n()));
        return numbers;
    }
}
