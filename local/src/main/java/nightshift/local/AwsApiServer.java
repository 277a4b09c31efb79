package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// An HTTP server for the stand-ins. It verifies signatures, writes JSON answers and AWS errors,
/// and injects the faults of a test.
final class AwsApiServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(AwsApiServer.class.getName());
    private static final int LARGEST_BODY = 10 << 20;

    /// A call of the API: its name in AWS's API reference, and its implementation.
    record Operation(String name, Supplier<ObjectNode> act) {}

    /// Maps a request to an operation.
    interface Api {
        Operation route(AwsApiRequest request);
    }

    private final Api api;
    private final String contentType;
    private final FaultInjection faults;
    private final LoopbackHttpServer port;

    AwsApiServer(int port, String contentType, FaultInjection faults, Api api) {
        this.api = api;
        this.contentType = contentType;
        this.faults = faults;
        this.port = LoopbackHttpServer.serve(port, LARGEST_BODY, this::answer);
    }

    int port() {
        return port.port();
    }

    @Override
    public void close() {
        port.close();
    }

    private LoopbackHttpServer.Response answer(LoopbackHttpServer.Request sent) {
        try {
            var request = AwsApiRequest.of(sent);
            Signature.check(request);
            var operation = api.route(request);
            var fault = faults.take(operation.name());
            if (fault == FaultInjection.Fault.LOST_REQUEST)
                return LoopbackHttpServer.Response.DROPPED;
            if (fault != null) fault.refuse();
            var answer = operation.act().get();
            return fault == FaultInjection.Fault.LOST_ANSWER
                    ? LoopbackHttpServer.Response.DROPPED
                    : response(200, List.of(), answer);
        } catch (AwsApiException refused) {
            return refusal(refused);
        } catch (RuntimeException broken) {
            LOG.log(Level.ERROR, "stand-in failed", broken);
            return refusal(new AwsApiException(500, "InternalServerException", "" + broken));
        }
    }

    private LoopbackHttpServer.Response refusal(AwsApiException refused) {
        return response(
                refused.status(),
                List.of(new LoopbackHttpServer.Header("x-amzn-ErrorType", refused.code())),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("__type", refused.code())
                        .put("Message", refused.message()));
    }

    private LoopbackHttpServer.Response response(
            int status, List<LoopbackHttpServer.Header> extra, ObjectNode body) {
        var headers = new ArrayList<>(extra);
        headers.add(new LoopbackHttpServer.Header("Content-Type", contentType));
        return new LoopbackHttpServer.Response(
                status, headers, body.toString().getBytes(StandardCharsets.UTF_8));
    }
}
