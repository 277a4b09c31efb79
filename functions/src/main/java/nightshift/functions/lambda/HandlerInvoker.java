package nightshift.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One instance of a function, called as Lambda's Java runtime calls it: JSON in, JSON out. Typed
/// events and answers are read and written by the runtime's own serializers. They are on the
/// runtime's class path and not in our package.
public final class HandlerInvoker {
    /// As in the runtime, a serializer is made once for each type.
    private static final Map<Class<?>, PojoSerializer<?>> SERIALIZERS = new ConcurrentHashMap<>();

    private final RequestStreamHandler handler;

    private HandlerInvoker(RequestStreamHandler handler) {
        this.handler = handler;
    }

    /// The instance as either kind of handler: typed or of streams.
    ///
    /// @throws IllegalArgumentException if it is neither
    public static HandlerInvoker of(Object handler) {
        return new HandlerInvoker(
                switch (handler) {
                    case RequestStreamHandler stream -> stream;
                    case RequestHandler<?, ?> typed -> typed(typed);
                    default ->
                            throw new IllegalArgumentException(
                                    handler.getClass().getName() + " is no handler of Lambda's.");
                });
    }

    /// The answer to an event, both as UTF-8 JSON.
    public byte[] invoke(byte[] event, @Nullable Context context) throws IOException {
        var answer = new ByteArrayOutputStream();
        handler.handleRequest(new ByteArrayInputStream(event), answer, context);
        return answer.toByteArray();
    }

    private static <I, O> RequestStreamHandler typed(RequestHandler<I, O> handler) {
        var method = handlerMethod(handler.getClass());
        PojoSerializer<I> reader = serializer(method.getParameterTypes()[0]);
        PojoSerializer<O> writer = serializer(method.getReturnType());
        return (event, answer, context) ->
                writer.toJson(handler.handleRequest(reader.fromJson(event), context), answer);
    }

    private static Method handlerMethod(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals("handleRequest"))
                .filter(method -> method.getParameterCount() == 2 && !method.isBridge())
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked") // each is kept under its own type
    private static <T> PojoSerializer<T> serializer(Class<?> type) {
        return (PojoSerializer<T>)
                SERIALIZERS.computeIfAbsent(
                        type,
                        own ->
                                LambdaEventSerializers.isLambdaSupportedEvent(own.getName())
                                        ? LambdaEventSerializers.serializerFor(
                                                own, own.getClassLoader())
                                        : JacksonFactory.getInstance().getSerializer(own));
    }
}
