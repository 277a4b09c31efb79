package nightshift.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse.BatchItemFailure;

import nightshift.dynamo.TableChange;
import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Map;

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
    /// Follows one change.
    protected abstract void follow(TableChange change);

    @Override
    public final StreamsEventResponse handleRequest(
            DynamodbEvent event, @Nullable Context context) {
        Log.begin(context);
        var failures = new ArrayList<BatchItemFailure>();
        for (var record : event.getRecords()) {
            var change = record.getDynamodb();
            Log.about(Map.of());
            try {
                follow(TableChange.read(change));
            } catch (RuntimeException failed) {
                Log.warn("a change could not be followed; Lambda repeats it", failed);
                failures.add(new BatchItemFailure(change.getSequenceNumber()));
            }
        }
        return new StreamsEventResponse(failures);
    }
}
