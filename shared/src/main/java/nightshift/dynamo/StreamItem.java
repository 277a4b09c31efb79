package nightshift.dynamo;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.util.HashMap;
import java.util.Map;

/// Items as the table's stream brings them: in the types of `aws-lambda-java-events`, not in those
/// of the SDK.
final class StreamItem {
    private StreamItem() {}

    static Item of(
            Map<String, com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue>
                    image) {
        return Item.of(map(image));
    }

    private static Map<String, AttributeValue> map(
            Map<String, com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue>
                    image) {
        var values = new HashMap<String, AttributeValue>();
        image.forEach((name, value) -> values.put(name, value(value)));
        return values;
    }

    /// @throws IllegalArgumentException for a set or bytes, which no item but a log's has
    private static AttributeValue value(
            com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue value) {
        if (value.getS() != null) {
            return AttributeValue.fromS(value.getS());
        }
        if (value.getN() != null) {
            return AttributeValue.fromN(value.getN());
        }
        if (value.getBOOL() != null) {
            return AttributeValue.fromBool(value.getBOOL());
        }
        if (value.getM() != null) {
            return AttributeValue.fromM(map(value.getM()));
        }
        if (value.getL() != null) {
            return AttributeValue.fromL(value.getL().stream().map(StreamItem::value).toList());
        }
        throw new IllegalArgumentException(
                "an attribute is neither text, number, flag, map nor list");
    }
}
