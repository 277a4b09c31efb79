package nightshift.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.StreamRecord;

import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;

/// A function that the table's stream calls with changed items, in order and at least once.
///
/// A record that fails is reported, so that Lambda repeats from there. The other records of the
/// batch are handled all the same. An `Error` fails the whole batch.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html">AWS:
///   partial batch responses with DynamoDB</a>
public abstract class StreamFunction
        implements RequestHandler<DynamodbEvent, StreamsEventResponse> {
    /// An item before and after it was changed; null: there was no such item.
    public record Changed(
            String pk,
            String sk,
            @Nullable Map<String, AttributeValue> before,
            @Nullable Map<String, AttributeValue> after) {
        /// Whether there was such an item.
        public boolean wasThere() {
            return before != null;
        }

        /// Whether there still is.
        public boolean isThere() {
            return after != null;
        }

        /// An attribute after the change; null: absent.
        public @Nullable String now(String attribute) {
            return text(after, attribute);
        }

        /// An attribute before the change; null: absent.
        public @Nullable String then(String attribute) {
            return text(before, attribute);
        }

        private static @Nullable String text(
                @Nullable Map<String, AttributeValue> image, String attribute) {
            var value = image == null ? null : image.get(attribute);
            if (value == null) {
                return null;
            }
            return value.getS() != null ? value.getS() : value.getN();
        }
    }

    /// Follows one change.
    protected abstract void follow(Changed changed);

    @Override
    public final StreamsEventResponse handleRequest(
            DynamodbEvent event, @Nullable Context context) {
        Log.begin(context);
        var failures = new ArrayList<BatchItemFailure>();
        for (var record : event.getRecords()) {
            var change = record.getDynamodb();
            Log.about(Map.of());
            try {
                follow(changed(change));
            } catch (RuntimeException failed) {
                Log.warn("a change could not be followed; Lambda repeats it", failed);
                failures.add(new BatchItemFailure(change.getSequenceNumber()));
            }
        }
        return new StreamsEventResponse(failures);
    }

    private static Changed changed(StreamRecord change) {
        return new Changed(
                key(change, "pk"), key(change, "sk"), change.getOldImage(), change.getNewImage());
    }

    private static String key(StreamRecord change, String name) {
        return Objects.requireNonNull(change.getKeys().get(name), name).getS();
    }
}
