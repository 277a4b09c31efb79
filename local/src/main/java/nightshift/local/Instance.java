package nightshift.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;

/// One instance of a function: what a container of Lambda's holds, for one invocation at a time.
@FunctionalInterface
interface Instance {
    byte[] handle(byte[] payload, Context context) throws IOException;

    /// Wraps either kind of handler the way Lambda's Java runtime does.
    static Instance of(Object handler) {
        return switch (handler) {
            case RequestStreamHandler stream ->
                    (payload, context) -> {
                        var output = new ByteArrayOutputStream();
                        stream.handleRequest(new ByteArrayInputStream(payload), output, context);
                        return output.toByteArray();
                    };
            case RequestHandler<?, ?> typed -> of(typed);
            default ->
                    throw new IllegalArgumentException(
                            handler.getClass().getName() + " is no handler of Lambda's.");
        };
    }

    private static <I, O> Instance of(RequestHandler<I, O> handler) {
        var method = handlerMethod(handler.getClass());
        PojoSerializer<I> reader = serializer(method.getParameterTypes()[0]);
        PojoSerializer<O> writer = serializer(method.getReturnType());
        return (payload, context) -> {
            var answer =
                    handler.handleRequest(
                            reader.fromJson(new ByteArrayInputStream(payload)), context);
            var output = new ByteArrayOutputStream();
            writer.toJson(answer, output);
            return output.toByteArray();
        };
    }

    private static Method handlerMethod(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals("handleRequest"))
                .filter(method -> method.getParameterCount() == 2 && !method.isBridge())
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked") // the method's own types
    private static <T> PojoSerializer<T> serializer(Class<?> type) {
        var own = (Class<T>) type;
        return LambdaEventSerializers.isLambdaSupportedEvent(type.getName())
                ? LambdaEventSerializers.serializerFor(own, type.getClassLoader())
                : JacksonFactory.getInstance().getSerializer(own);
    }
}
