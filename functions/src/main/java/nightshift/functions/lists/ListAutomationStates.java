package nightshift.functions.lists;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.Occurrence;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.ScheduleHistory.Known;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.automations.AutomationFilter;
import nightshift.functions.automations.Ledger;
import nightshift.functions.automations.ScheduleSync;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Instant;
import java.util.List;

/// `GET .../automation_states/`: how each automation of a project stands, in the order and with the
/// filters of [nightshift.functions.automations.ListTaskAutomations].
public final class ListAutomationStates extends Endpoint {
    private final TaskAutomations automations;
    private final ScheduleHistory schedules;
    private final Ledger ledger;
    private final Clock clock;

    /// The function as Lambda makes it.
    public ListAutomationStates() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListAutomationStates(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
        this.schedules = wiring.scheduleHistory();
        this.ledger = new Ledger(wiring);
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 1_000);
        var listed = AutomationFilter.list(automations, call, page.offset(), page.limit());
        var now = clock.instant();
        var results =
                schedules.of(call.projectId(), listed.automations()).stream()
                        .map(known -> write(known, now))
                        .toList();
        return page.reply(listed.count(), results);
    }

    private static TaskAutomation of(Known known) {
        var automation = known.automation();
        if (automation == null) {
            throw new IllegalStateException("a page lists only what exists");
        }
        return automation;
    }

    private ObjectNode write(Known known, Instant now) {
        var automation = of(known);
        var spec = automation.spec();
        var json =
                Json.object()
                        .put("id", automation.id().toString())
                        .put("name", spec.name())
                        .put("repository", spec.repository())
                        .put("enabled", spec.enabled())
                        .put("cron_expression", spec.cron().text())
                        .put("timezone", spec.timezone().name())
                        .put("description", spec.cron().describe());
        json.set("sync", ScheduleSync.write("state", automation, known));
        json.put("failures_in_a_row", automation.failuresInARow())
                .put("paused_reason", automation.pausedReason());
        currentRun(json, automation);
        json.put("next_run_at", IsoTime.format(next(automation, now)));
        json.set("recent", recent(ledger.newest(automation)));
        return json;
    }

    private static void currentRun(ObjectNode json, TaskAutomation automation) {
        var last = automation.lastRun();
        if (last == null || last.status().terminal()) {
            json.putNull("current_run");
        } else {
            json.putObject("current_run")
                    .put("id", last.id().toString())
                    .put("status", last.status().text());
        }
    }

    private static @Nullable Instant next(TaskAutomation automation, Instant now) {
        var spec = automation.spec();
        return spec.enabled() ? spec.cron().next(now, spec.timezone()).orElse(null) : null;
    }

    private static ArrayNode recent(List<Occurrence> occurrences) {
        var recent = Json.array();
        for (var occurrence : occurrences) {
            recent.add(occurrence.shown());
        }
        return recent;
    }
}
