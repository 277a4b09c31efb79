package nightshift.functions;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.Json;
import nightshift.api.Keyring;
import nightshift.api.Project;
import nightshift.api.TextRule;

import java.util.List;

/// Creates a project or changes its name and integrations.
public final class PutProject extends Operation {
    private final Keyring keyring;

    /// The function as Lambda makes it.
    public PutProject() {
        this(AwsWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public PutProject(Wiring wiring) {
        this.keyring = wiring.keyring();
    }

    @Override
    JsonNode perform(Fields input) {
        var id = input.integer("id", 1, Long.MAX_VALUE);
        var name = input.text("name", TextRule.filled().atMost(255));
        var integrations =
                input.has("github_integrations")
                        ? input.integers("github_integrations")
                        : List.<Long>of();
        keyring.put(new Project(id, name, integrations));
        var project = Json.object().put("id", id).put("name", name);
        integrations.forEach(project.putArray("github_integrations")::add);
        return project;
    }
}
