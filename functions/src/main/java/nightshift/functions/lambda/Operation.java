package nightshift.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiError;
import nightshift.api.ApiException;
import nightshift.api.Fields;
import nightshift.json.Json;
import nightshift.log.Log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// A function without a route: JSON in, JSON out, by Lambda's Invoke API or a schedule.
public abstract class Operation implements RequestStreamHandler {
    /// What the function does.
    ///
    /// @throws ApiException if a field of the input is wrong
    protected abstract JsonNode perform(Fields input);

    @Override
    public final void handleRequest(InputStream event, OutputStream response, Context context)
            throws IOException {
        Log.begin(context);
        if (!(Json.parse(event.readAllBytes()) instanceof ObjectNode input)) {
            throw new IllegalArgumentException("the input is no JSON object");
        }
        response.write(Json.bytes(answer(input)));
    }

    /// The function as a plain one.
    ///
    /// @throws IllegalArgumentException with the field's name if the input is wrong; nothing was
    ///   changed then
    public final JsonNode answer(ObjectNode input) {
        try {
            return perform(new Fields(input));
        } catch (ApiException refused) {
            throw new IllegalArgumentException(
                    refused.error() instanceof ApiError.Invalid(var _, var detail, var attr)
                            ? attr + ": " + detail
                            : refused.getMessage());
        }
    }
}
