package nightshift.local;

import java.lang.reflect.InvocationTargetException;
import java.time.Clock;
import java.util.Map;

/// The real handlers, wired as on Lambda but with the environment of the template.
final class FunctionHandlers implements LocalLambda.Handlers {
    private final Clock clock;

    FunctionHandlers(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Object create(Template.Function function) throws ReflectiveOperationException {
        return create(function, function.environment());
    }

    Object create(Template.Function function, Map<String, String> environment)
            throws ReflectiveOperationException {
        var type = Class.forName(function.handlerClass());
        var wiring = Class.forName("nightshift.functions.Wiring");
        var wired =
                Class.forName("nightshift.functions.AwsWiring")
                        .getConstructor(Map.class, Clock.class);
        try {
            return type.getConstructor(wiring)
                    .newInstance(wired.newInstance(environment, clock));
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof RuntimeException cause) throw cause;
            throw failed;
        }
    }
}
