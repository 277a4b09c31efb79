package nightshift.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;

import nightshift.json.Json;
import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/// A function that the table's stream calls with changed items, in order and at least once.
///
/// A record that fails is reported, so that Lambda repeats from there; the others of its batch are
/// done all the same.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html">AWS:
///   partial batch responses with DynamoDB</a>
public abstract class StreamFunction implements RequestStreamHandler {
    /// An item before and after it was changed, as DynamoDB writes JSON; missing: it was not there.
    public record Changed(String pk, String sk, JsonNode before, JsonNode after) {
        /// Whether there was such an item.
        public boolean wasThere() {
            return before.isObject();
        }

        /// Whether there still is.
        public boolean isThere() {
            return after.isObject();
        }

        /// An attribute after the change; null: absent.
        public @Nullable String now(String attribute) {
            return text(after, attribute);
        }

        /// An attribute before the change; null: absent.
        public @Nullable String then(String attribute) {
            return text(before, attribute);
        }

        private static @Nullable String text(JsonNode image, String attribute) {
            var value = image.path(attribute);
            return value.path("S").asText(value.path("N").asText(null));
        }
    }

    /// Follows one change.
    protected abstract void follow(Changed changed);

    @Override
    public final void handleRequest(
            InputStream event, OutputStream response, @Nullable Context context)
            throws IOException {
        Log.begin(context);
        var answer = Json.object();
        var failures = answer.putArray("batchItemFailures");
        for (var record : Json.event(event).path("Records")) {
            var change = record.path("dynamodb");
            Log.about(Map.of());
            try {
                follow(changed(change));
            } catch (RuntimeException failed) {
                Log.warn("a change could not be followed; Lambda repeats it", failed);
                failures.addObject().put("itemIdentifier", change.path("SequenceNumber").asText());
            }
        }
        response.write(Json.bytes(answer));
    }

    private static Changed changed(JsonNode change) {
        return new Changed(
                key(change, "pk"),
                key(change, "sk"),
                change.path("OldImage"),
                change.path("NewImage"));
    }

    private static String key(JsonNode change, String name) {
        return change.required("Keys").required(name).required("S").asText();
    }
}
