package nightshift.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// Lambda's Invoke API for the template's functions.
final class InvokeApi implements LoopbackHttpServer.Service {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern INVOKE =
            Pattern.compile("/2015-03-31/functions/(?<name>[^/]+)/invocations/?");

    /// @see <a href="https://fetch.spec.whatwg.org/#cors-safelisted-request-header">Fetch:
    ///   CORS-safelisted request-headers</a>
    private static final Set<String> SIMPLE_TYPES =
            Set.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data");

    private static final int LARGEST_EVENT = 1024 * 1024;

    private final Template template;
    private final LocalLambda lambda;

    InvokeApi(Template template, LocalLambda lambda) {
        this.template = template;
        this.lambda = lambda;
    }

    @Override
    public LoopbackHttpServer.Response answer(LoopbackHttpServer.Request request) {
        var invoke = INVOKE.matcher(request.path());
        if (!invoke.matches() || !request.method().equals("POST")) {
            return refusal(404, "UnknownOperationException", "Only Invoke is served here.");
        }
        var name =
                URLDecoder.decode(invoke.group("name").replace("+", "%2B"), StandardCharsets.UTF_8);
        var function = template.function(name);
        if (function.isEmpty()) {
            return refusal(
                    404,
                    "ResourceNotFoundException",
                    "Function not found: " + LocalAccount.arn("lambda", "function:" + name));
        }
        if (isSimple(request.header("Content-Type"))) {
            return refusal(415, "UnsupportedMediaTypeException", "The content type must be JSON.");
        }
        boolean event = request.header("X-Amz-Invocation-Type").equals("Event");
        int largest = event ? LARGEST_EVENT : LocalLambda.LARGEST_PAYLOAD;
        if (request.body().length > largest) {
            return refusal(
                    413,
                    "RequestTooLargeException",
                    "Request must be smaller than %d bytes for the InvokeFunction operation"
                            .formatted(largest));
        }
        var payload = request.body().length == 0 ? new byte[] {'{', '}'} : request.body();
        if (!json(payload)) {
            return refusal(
                    400,
                    "InvalidRequestContentException",
                    "Could not parse request body into json: it is not JSON.");
        }
        return switch (request.header("X-Amz-Invocation-Type")) {
            case "", "RequestResponse" -> reply(lambda.invoke(function.get(), payload));
            case "Event" -> {
                lambda.accept(function.get(), payload);
                yield response(202, List.of(), new byte[0]);
            }
            case "DryRun" -> response(204, List.of(), new byte[0]);
            default ->
                    refusal(
                            400,
                            "InvalidParameterValueException",
                            "The invocation type is RequestResponse, Event or DryRun.");
        };
    }

    /// Whether a browser sends this type to another origin without a CORS preflight.
    private static boolean isSimple(String contentType) {
        return SIMPLE_TYPES.contains(contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT));
    }

    private static LoopbackHttpServer.Response reply(LocalLambda.Answer answer) {
        var error = answer.error();
        return response(
                200,
                error == null
                        ? List.of()
                        : List.of(new LoopbackHttpServer.Header("X-Amz-Function-Error", error)),
                answer.payload());
    }

    private static LoopbackHttpServer.Response refusal(int status, String type, String message) {
        var body = JsonNodeFactory.instance.objectNode();
        body.put("Type", "User").put("Message", message);
        return response(
                status,
                List.of(new LoopbackHttpServer.Header("x-amzn-ErrorType", type)),
                body.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static LoopbackHttpServer.Response response(
            int status, List<LoopbackHttpServer.Header> extra, byte[] body) {
        var headers = new ArrayList<>(extra);
        headers.add(new LoopbackHttpServer.Header("Content-Type", "application/json"));
        headers.add(new LoopbackHttpServer.Header("X-Amz-Executed-Version", "$LATEST"));
        headers.add(
                new LoopbackHttpServer.Header("x-amzn-RequestId", UUID.randomUUID().toString()));
        return new LoopbackHttpServer.Response(status, headers, body);
    }

    private static boolean json(byte[] payload) {
        try {
            return !JSON.readTree(payload).isMissingNode();
        } catch (IOException malformed) {
            return false;
        }
    }
}
