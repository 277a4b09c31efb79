package nightshift.local;

import nightshift.functions.lambda.AwsWiring;
import nightshift.functions.lambda.Wiring;

import java.lang.reflect.InvocationTargetException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Creates the production handlers, with the template's environment variables and IAM policies.
final class FunctionHandlers implements LocalLambda.Handlers {
    /// DynamoDB Local writes one item at a time, so an answer can take seconds under load.
    private static final Duration TIMEOUT = Duration.ofSeconds(9);

    /// Where a notification channel may point besides public hosts. On AWS there are none.
    private static final String LOOPBACK = "localhost,127.0.0.1,[::1]";

    private final Clock clock;

    FunctionHandlers(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Object create(Template.Function function) throws ReflectiveOperationException {
        var environment = new HashMap<>(function.environment());
        environment.replace("ALLOWED_PRIVATE_HOSTS", LOOPBACK);
        return create(function, environment);
    }

    Object create(Template.Function function, Map<String, String> environment)
            throws ReflectiveOperationException {
        var http = new IamHttpClient(AwsWiring.connections(TIMEOUT), function.permissions());
        var wiring = new AwsWiring(environment, clock, http);
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
