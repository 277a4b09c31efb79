package nightshift.local;

import nightshift.functions.AwsWiring;
import nightshift.functions.Wiring;

import java.lang.reflect.InvocationTargetException;

/// The real handlers, wired as on Lambda but with the environment of the template.
final class FunctionHandlers implements LocalLambda.Handlers {
    @Override
    public Object create(Template.Function function) throws ReflectiveOperationException {
        var wiring = new AwsWiring(function.environment());
        try {
            return Class.forName(function.handlerClass())
                    .getConstructor(Wiring.class)
                    .newInstance(wiring);
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof RuntimeException cause) throw cause;
            throw failed;
        }
    }
}
