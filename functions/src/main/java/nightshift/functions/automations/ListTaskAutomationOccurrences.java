package nightshift.functions.automations;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

/// `GET .../task_automations/{id}/occurrences/`: what became of every occurrence, newest first,
/// also of those that were missed and are not recorded yet.
public final class ListTaskAutomationOccurrences extends Endpoint {
    private final Ledger ledger;

    /// The function as Lambda makes it.
    public ListTaskAutomationOccurrences() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListTaskAutomationOccurrences(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.ledger = new Ledger(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 1_000);
        var outcome = OccurrenceJson.outcome(call);
        var listed =
                ledger.of(call.projectId(), call.id(), outcome, page.offset(), page.limit())
                        .orElseThrow(ApiException::notFound);
        return page.reply(
                listed.count(), listed.occurrences().stream().map(OccurrenceJson::write).toList());
    }
}
