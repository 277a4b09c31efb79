package nightshift.functions.lists;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ApiKeyStore;

/// `GET /api/keys/@me`: what the key that calls is good for.
public final class RetrieveApiKey extends Endpoint {
    private final ApiKeyStore keys;

    /// The function as Lambda makes it.
    public RetrieveApiKey() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveApiKey(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.keys = wiring.apiKeys();
    }

    @Override
    protected Reply answer(Call call) {
        if (!call.namesOwnKey()) {
            throw ApiException.notFound();
        }
        var key = call.key();
        var owner = key.owner();
        var json = Json.object().put("label", key.label());
        var scopes = json.putArray("scopes");
        key.scopes().stream().sorted().forEach(scopes::add);
        var ids = key.projects();
        if (ids == null) {
            json.putNull("projects"); // all of them
        } else {
            var projects = json.putArray("projects");
            for (long id : ids) {
                keys.project(id)
                        .ifPresent(project ->
                                projects.addObject()
                                        .put("id", project.id())
                                        .put("name", project.name()));
            }
        }
        json.putObject("owner")
                .put("id", owner.id())
                .put("uuid", owner.uuid().toString())
                .put("distinct_id", owner.distinctId())
                .put("first_name", owner.firstName())
                .put("last_name", owner.lastName())
                .put("email", owner.email());
        return Reply.ok(json);
    }
}
