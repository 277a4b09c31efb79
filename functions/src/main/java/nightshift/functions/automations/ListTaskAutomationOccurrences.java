package nightshift.functions.automations;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.Occurrence;
import nightshift.automation.Occurrences;
import nightshift.automation.Outcome;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// `GET .../task_automations/{id}/occurrences/`: what became of every occurrence, newest first.
public final class ListTaskAutomationOccurrences extends Endpoint {
    private final Occurrences occurrences;

    /// The function as Lambda makes it.
    public ListTaskAutomationOccurrences() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListTaskAutomationOccurrences(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.occurrences = wiring.occurrences();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 1_000);
        var outcome = outcome(call);
        var listed =
                occurrences
                        .of(call.projectId(), call.id(), outcome, page.offset(), page.limit())
                        .orElseThrow(ApiException::notFound);
        return page.reply(
                listed.count(),
                listed.occurrences().stream().map(ListTaskAutomationOccurrences::write).toList());
    }

    private static @Nullable Outcome outcome(Call call) {
        var text = call.query("status");
        if (text == null || text.isEmpty()) {
            return null;
        }
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.text().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        ApiException.invalid(
                                "invalid_choice",
                                "\"" + text + "\" is not a valid choice.",
                                "status"));
    }

    private static ObjectNode write(Occurrence occurrence) {
        var run = occurrence.runId();
        var runStatus = occurrence.runStatus();
        return Json.object()
                .put("scheduled_at", IsoTime.format(occurrence.scheduledAt()))
                .put("status", occurrence.outcome().text())
                .put("task_run_id", run == null ? null : run.toString())
                .put("attempt", occurrence.attempt() == 0 ? null : occurrence.attempt())
                .put("run_status", runStatus == null ? null : runStatus.text())
                .put("deliveries", occurrence.deliveries())
                .put("late_seconds", occurrence.late().toMillis() / 1_000.0)
                .put("recorded_at", IsoTime.format(occurrence.recordedAt()));
    }
}
