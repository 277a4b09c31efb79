package nightshift.api;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;

import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

/// One endpoint of the API as one Lambda function: admit the call, answer it, put refusals into
/// words.
public abstract class Endpoint
        implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
    private final Gatekeeper gatekeeper;
    private final Scope scope;
    private final @Nullable Idempotency idempotency;

    protected Endpoint(Gatekeeper gatekeeper, Scope scope) {
        this.gatekeeper = gatekeeper;
        this.scope = scope;
        this.idempotency = null;
    }

    /// An endpoint whose calls a client may repeat with an `Idempotency-Key`.
    protected Endpoint(Gatekeeper gatekeeper, Scope scope, Idempotency idempotency) {
        this.gatekeeper = gatekeeper;
        this.scope = scope;
        this.idempotency = idempotency;
    }

    /// The answer to an admitted call.
    ///
    /// @throws ApiException if the call is refused
    protected abstract Reply answer(Call call);

    @Override
    public final APIGatewayProxyResponseEvent handleRequest(
            APIGatewayProxyRequestEvent event, @Nullable Context context) {
        Log.begin(context);
        return reply(Call.of(event)).toEvent();
    }

    /// The endpoint as a plain function.
    public final Reply reply(Call call) {
        Log.about(call.ids());
        try {
            var admitted = gatekeeper.admit(call, scope);
            Log.about(admitted.ids());
            return idempotency == null
                    ? answered(admitted)
                    : idempotency.answer(admitted, this::answered);
        } catch (ApiException refused) {
            return Reply.refusing(refused.error());
        } catch (Throwable broken) {
            return broken(broken);
        }
    }

    private Reply answered(Call admitted) {
        try {
            var reply = answer(admitted);
            AuditLog.record(admitted, reply);
            return reply;
        } catch (ApiException refused) {
            return Reply.refusing(refused.error());
        } catch (Throwable broken) { // StackOverflowError included: every call gets an answer
            return broken(broken);
        }
    }

    private static Reply broken(Throwable broken) {
        Log.error("endpoint failed", broken);
        return Reply.refusing(new ApiError.Unexpected());
    }
}
