package nightshift.functions.lists;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.Occurrence;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.functions.automations.Ledger;
import nightshift.functions.automations.OccurrenceJson;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `GET .../occurrences/`: what became of every occurrence of a project in an interval, newest
/// first.
public final class ListProjectOccurrences extends Endpoint {
    private static final Duration USUAL = Duration.ofDays(1);
    private static final Duration LONGEST = Duration.ofDays(31);

    private final TaskAutomations automations;
    private final Ledger ledger;
    private final Clock clock;

    /// The function as Lambda makes it.
    public ListProjectOccurrences() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListProjectOccurrences(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
        this.ledger = new Ledger(wiring);
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 5_000);
        var now = clock.instant();
        var outcome = OccurrenceJson.outcome(call);
        var automationId = QueryFilters.id(call, "automation");
        var sentFrom = QueryFilters.time(call, "from");
        var from = sentFrom == null ? now.minus(USUAL) : sentFrom;
        var to = to(call, from, now);
        var known = automations(call.projectId(), automationId);
        var listed =
                ledger.in(
                        call.projectId(),
                        List.copyOf(known.values()),
                        automationId,
                        outcome,
                        from,
                        to,
                        page.offset(),
                        page.limit());
        return page.reply(
                listed.count(),
                listed.occurrences().stream()
                        .map(each -> write(each, known.get(each.automationId())))
                        .toList());
    }

    private static Instant to(Call call, Instant from, Instant now) {
        var sent = QueryFilters.time(call, "to");
        var to = sent == null ? now : sent;
        if (to.isBefore(from)) {
            throw ApiException.invalid("invalid_input", "Must not be before from.", "to");
        }
        if (to.isAfter(from.plus(LONGEST))) {
            throw ApiException.invalid(
                    "invalid_input", "Must be at most 31 days after from.", "to");
        }
        return to;
    }

    private Map<UUID, TaskAutomation> automations(long projectId, @Nullable UUID only) {
        var found =
                only == null
                        ? automations.in(projectId, _ -> true, 0, Integer.MAX_VALUE).automations()
                        : automations.find(projectId, only).stream().toList();
        return found.stream().collect(Collectors.toMap(TaskAutomation::id, Function.identity()));
    }

    /// @param automation null: it is gone, and with it its name
    private static ObjectNode write(Occurrence occurrence, @Nullable TaskAutomation automation) {
        var json = OccurrenceJson.write(occurrence);
        json.putObject("automation")
                .put("id", occurrence.automationId().toString())
                .put("name", automation == null ? null : automation.spec().name());
        return json;
    }
}
