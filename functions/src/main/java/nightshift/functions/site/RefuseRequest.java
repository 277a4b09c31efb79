package nightshift.functions.site;

import nightshift.api.ApiError;
import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Gatekeeper;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

import java.util.Map;

/// What has no endpoint: 405 for a method that a path does not have, 404 for a path that there is
/// not.
public final class RefuseRequest extends Endpoint {
    private static final String PROJECT = "/api/projects/{project_id}";
    private static final String AUTOMATIONS = "/api/projects/{project_id}/task_automations";
    private static final String CHANNELS = "/api/projects/{project_id}/notification_channels";
    private static final String TASKS = "/api/projects/{project_id}/tasks";
    private static final String RUNS = TASKS + "/{task_id}/runs";
    private static final String RUN = RUNS + "/{id}";

    /// The methods of each path; a test holds them against the template.
    public static final Map<String, String> ALLOWED =
            Map.ofEntries(
                    Map.entry(AUTOMATIONS, "GET, HEAD, POST"),
                    Map.entry(AUTOMATIONS + "/preview", "POST"),
                    Map.entry(AUTOMATIONS + "/{id}", "DELETE, GET, HEAD, PATCH"),
                    Map.entry(AUTOMATIONS + "/{id}/run", "POST"),
                    Map.entry(AUTOMATIONS + "/{id}/schedule", "GET, HEAD"),
                    Map.entry(AUTOMATIONS + "/{id}/policy", "GET, HEAD, PATCH"),
                    Map.entry(AUTOMATIONS + "/{id}/occurrences", "GET, HEAD"),
                    Map.entry("/api/projects/{project_id}/automation_policies", "GET, HEAD"),
                    Map.entry(CHANNELS, "GET, HEAD, POST"),
                    Map.entry(CHANNELS + "/{id}", "DELETE, GET, HEAD, PATCH"),
                    Map.entry(CHANNELS + "/{id}/test", "POST"),
                    Map.entry(PROJECT + "/automation_states", "GET, HEAD"),
                    Map.entry(PROJECT + "/task_runs", "GET, HEAD"),
                    Map.entry(PROJECT + "/occurrences", "GET, HEAD"),
                    Map.entry(PROJECT + "/upcoming", "GET, HEAD"),
                    Map.entry("/api/keys/{key_id}", "GET, HEAD"),
                    Map.entry(TASKS, "GET, HEAD, POST"),
                    Map.entry(TASKS + "/{task_id}", "DELETE, GET, HEAD, PATCH"),
                    Map.entry(TASKS + "/{task_id}/run", "POST"),
                    Map.entry(RUNS, "GET, HEAD, POST"),
                    Map.entry(RUN, "GET, HEAD, PATCH"),
                    Map.entry(RUN + "/claim", "POST"),
                    Map.entry(RUN + "/heartbeat", "POST"),
                    Map.entry(RUN + "/cancel", "POST"),
                    Map.entry(RUN + "/set_output", "PATCH"),
                    Map.entry(RUN + "/append_log", "POST"),
                    Map.entry(RUN + "/logs", "GET, HEAD"),
                    Map.entry(RUN + "/session_logs", "GET, HEAD"),
                    Map.entry(RUN + "/artifacts", "POST"),
                    Map.entry(RUN + "/artifacts/presign", "POST"),
                    Map.entry(RUN + "/artifacts/prepare_upload", "POST"),
                    Map.entry(RUN + "/artifacts/finalize_upload", "POST"),
                    Map.entry(RUN + "/artifacts/download", "POST"),
                    Map.entry("/api/schema", "GET, HEAD"),
                    Map.entry("/api/docs", "GET, HEAD"),
                    Map.entry("/", "GET, HEAD"),
                    Map.entry("/console", "GET, HEAD"),
                    Map.entry("/console/{proxy+}", "GET, HEAD"));

    /// The function as Lambda makes it.
    public RefuseRequest() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RefuseRequest(Wiring wiring) {
        super(onlyWhereKeysCount(wiring.gatekeeper()), Scope.NONE);
    }

    /// An unknown path is refused without a key. An unknown method of a known path is refused with
    /// 405 only if the key opens the project.
    private static Gatekeeper onlyWhereKeysCount(Gatekeeper keys) {
        return (call, scope) ->
                ALLOWED.containsKey(call.resource())
                                && call.resource().matches("/api/(keys|projects)/.*")
                        ? keys.admit(call, scope)
                        : call;
    }

    @Override
    protected Reply answer(Call call) {
        var allowed = ALLOWED.get(call.resource());
        throw allowed == null
                ? ApiException.notFound("Endpoint not found.")
                : new ApiException(new ApiError.MethodNotAllowed(call.method(), allowed));
    }
}
