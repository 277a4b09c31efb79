package nightshift.functions.automations;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.EntityTag;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;

/// `GET .../automation_policies/`: the versions and policies of the project's automations, in the
/// order of their list. It answers in one call what a plan of many files needs.
public final class ListAutomationPolicies extends Endpoint {
    private final TaskAutomations automations;

    /// The function as Lambda makes it.
    public ListAutomationPolicies() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListAutomationPolicies(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 1_000);
        var listed = automations.in(call.projectId(), page.offset(), page.limit());
        return page.reply(
                listed.count(),
                listed.automations().stream().map(ListAutomationPolicies::write).toList());
    }

    private static ObjectNode write(TaskAutomation automation) {
        var json =
                Json.object()
                        .put("id", automation.id().toString())
                        .put("etag", EntityTag.of(automation.edition()))
                        .put("policy_etag", EntityTag.of(automation.policyEdition()));
        json.set("policy", PolicyJson.write(automation));
        return json;
    }
}
