package nightshift.functions.automations;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

/// `GET .../task_automations/`: the project's automations, page by page.
public final class ListTaskAutomations extends Endpoint {
    private final TaskAutomations automations;

    /// The function as Lambda makes it.
    public ListTaskAutomations() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListTaskAutomations(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 1_000);
        var listed = AutomationFilter.list(automations, call, page.offset(), page.limit());
        return page.reply(
                listed.count(), listed.automations().stream().map(AutomationJson::write).toList());
    }
}
