package nightshift.functions.operators;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.automation.Policy;
import nightshift.functions.automations.PolicyJson;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.Project;

import java.util.List;

/// Creates a project, or replaces its name, its integrations and the policy of new automations.
public final class PutProject extends Operation {
    private final ApiKeyStore apiKeys;

    /// The function as Lambda makes it.
    public PutProject() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public PutProject(Wiring wiring) {
        this.apiKeys = wiring.apiKeys();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var id = input.integer("id", 1, Long.MAX_VALUE);
        var name = input.text("name", TextRule.filled().atMost(255));
        var integrations =
                input.has("github_integrations")
                        ? input.integers("github_integrations")
                        : List.<Long>of();
        boolean chosen = input.has("policy");
        var policy =
                chosen ? PolicyJson.read(input.object("policy"), Policy.DEFAULT) : Policy.DEFAULT;
        apiKeys.put(new Project(id, name, integrations, policy));
        var project = Json.object().put("id", id).put("name", name);
        integrations.forEach(project.putArray("github_integrations")::add);
        if (chosen) {
            project.set("policy", PolicyJson.write(policy));
        }
        return project;
    }
}
