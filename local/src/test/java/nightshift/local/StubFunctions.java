package nightshift.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/// Stubs of the template's functions. A test sets their code.
final class StubFunctions implements LocalLambda.Handlers {
    private final Map<String, UnaryOperator<String>> bodies = new ConcurrentHashMap<>();

    StubFunctions with(String id, UnaryOperator<String> body) {
        bodies.put(id, body);
        return this;
    }

    @Override
    public Object create(Template.Function function) {
        if (function.id().equals("Typed")) return new Typed();
        var body = bodies.getOrDefault(function.id(), UnaryOperator.identity());
        return (RequestStreamHandler)
                (input, output, _) ->
                        output.write(
                                body.apply(new String(input.readAllBytes(), StandardCharsets.UTF_8))
                                        .getBytes(StandardCharsets.UTF_8));
    }

    static final class Typed implements RequestHandler<Map<String, Integer>, Map<String, Integer>> {
        @Override
        public Map<String, Integer> handleRequest(Map<String, Integer> input, Context context) {
            return Map.of("doubled", 2 * input.getOrDefault("number", 0));
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
