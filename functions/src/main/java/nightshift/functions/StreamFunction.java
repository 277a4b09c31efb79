package nightshift.functions;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent.DynamodbStreamRecord;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue;

import nightshift.api.Log;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Map;

/// A function that the table's stream calls with changed items, in order and at least once.
///
/// A record that fails is reported, so that Lambda repeats from there; the others of its batch are
/// done all the same.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html">AWS:
///   partial batch responses with DynamoDB</a>
abstract class StreamFunction implements RequestHandler<DynamodbEvent, StreamsEventResponse> {
    /// An item before and after it was changed; null: it was not there.
    record Changed(
            String pk,
            String sk,
            @Nullable Map<String, AttributeValue> before,
            @Nullable Map<String, AttributeValue> after) {
        /// An attribute after the change; null: absent.
        @Nullable String now(String attribute) {
            return text(after, attribute);
        }

        /// An attribute before the change; null: absent.
        @Nullable String then(String attribute) {
            return text(before, attribute);
        }

        private static @Nullable String text(
                @Nullable Map<String, AttributeValue> image, String attribute) {
            var value = image == null ? null : image.get(attribute);
            return value == null ? null : value.getS() != null ? value.getS() : value.getN();
        }
    }

    /// Follows one change.
    abstract void follow(Changed changed);

    @Override
    public final StreamsEventResponse handleRequest(
            DynamodbEvent event, @Nullable Context context) {
        var failures = new ArrayList<BatchItemFailure>();
        for (var record : event.getRecords()) {
            try {
                follow(changed(record));
            } catch (RuntimeException failed) {
                Log.warn("a change could not be followed; Lambda repeats it", failed);
                failures.add(
                        BatchItemFailure.builder()
                                .withItemIdentifier(record.getDynamodb().getSequenceNumber())
                                .build());
            }
        }
        return StreamsEventResponse.builder().withBatchItemFailures(failures).build();
    }

    private static Changed changed(DynamodbStreamRecord record) {
        var change = record.getDynamodb();
        var keys = change.getKeys();
        return new Changed(
                keys.get("pk").getS(),
                keys.get("sk").getS(),
                change.getOldImage(),
                change.getNewImage());
    }
}
