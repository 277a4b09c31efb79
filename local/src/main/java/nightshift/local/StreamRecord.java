package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.Record;

import java.util.Base64;
import java.util.Map;

/// Writes a stream record as in a Lambda event.
final class StreamRecord {
    private StreamRecord() {}

    static ObjectNode write(Record record, String streamArn) {
        var event =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("eventID", record.eventID())
                        .put("eventName", record.eventNameAsString())
                        .put("eventVersion", record.eventVersion())
                        .put("eventSource", "aws:dynamodb")
                        .put("awsRegion", LocalAccount.REGION);
        var change = record.dynamodb();
        var body = event.putObject("dynamodb");
        if (change.approximateCreationDateTime() != null) {
            body.put(
                    "ApproximateCreationDateTime",
                    change.approximateCreationDateTime().getEpochSecond());
        }
        body.set("Keys", item(change.keys()));
        if (change.hasNewImage()) body.set("NewImage", item(change.newImage()));
        if (change.hasOldImage()) body.set("OldImage", item(change.oldImage()));
        body.put("SequenceNumber", change.sequenceNumber())
                .put("SizeBytes", change.sizeBytes())
                .put("StreamViewType", change.streamViewTypeAsString());
        if (record.userIdentity() != null) {
            event.putObject("userIdentity")
                    .put("principalId", record.userIdentity().principalId())
                    .put("type", record.userIdentity().type());
        }
        return event.put(
                "eventSourceARN", streamArn.replace(":ddblocal:", ":" + LocalAccount.REGION + ":"));
    }

    private static ObjectNode item(Map<String, AttributeValue> attributes) {
        var item = JsonNodeFactory.instance.objectNode();
        attributes.forEach((name, value) -> item.set(name, attribute(value)));
        return item;
    }

    private static ObjectNode attribute(AttributeValue value) {
        var json = JsonNodeFactory.instance.objectNode();
        switch (value.type()) {
            case S -> json.put("S", value.s());
            case N -> json.put("N", value.n());
            case B -> json.put("B", base64(value.b()));
            case BOOL -> json.put("BOOL", value.bool());
            case NUL -> json.put("NULL", true);
            case SS -> value.ss().forEach(json.putArray("SS")::add);
            case NS -> value.ns().forEach(json.putArray("NS")::add);
            case BS -> value.bs().forEach(each -> json.withArray("BS").add(base64(each)));
            case M -> json.set("M", item(value.m()));
            case L -> value.l().forEach(each -> json.withArray("L").add(attribute(each)));
            case UNKNOWN_TO_SDK_VERSION ->
                    throw new IllegalArgumentException("Not an attribute: " + value);
        }
        if (json.isEmpty()) json.putArray(value.type().name()); // an empty list
        return json;
    }

    private static String base64(SdkBytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.asByteArray());
    }
}
