package nightshift.functions.automations;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.text.IsoTime;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/// `GET .../task_automations/{id}/schedule/`: when an automation fires next, and whether the
/// schedule service knows.
public final class RetrieveTaskAutomationSchedule extends Endpoint {
    private final TaskAutomations automations;
    private final ScheduleHistory states;
    private final Clock clock;

    /// The function as Lambda makes it.
    public RetrieveTaskAutomationSchedule() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveTaskAutomationSchedule(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
        this.states = wiring.scheduleHistory();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var known = states.find(call.projectId(), call.id());
        var automation = known.automation();
        if (automation == null) throw ApiException.notFound();
        var now = clock.instant();
        var spec = automation.spec();
        var json = PreviewJson.write(spec.cron(), spec.timezone(), now);
        PreviewJson.warnIfCrowded(
                json,
                spec.cron(),
                spec.timezone(),
                now,
                automations.all(call.projectId()).filter(other -> !other.id().equals(call.id())));
        var next =
                spec.enabled() ? spec.cron().next(now, spec.timezone()) : Optional.<Instant>empty();
        json.put("enabled", spec.enabled()).put("next_run_at", IsoTime.format(next.orElse(null)));
        json.set("sync", ScheduleSync.write("status", automation, known));
        return Reply.ok(json);
    }
}
