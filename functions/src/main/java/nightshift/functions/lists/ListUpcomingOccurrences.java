package nightshift.functions.lists;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Fields;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.automation.UpcomingOccurrences;
import nightshift.automation.UpcomingOccurrences.Upcoming;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.text.IsoTime;

import java.time.Clock;
import java.time.Duration;

/// `GET .../upcoming/`: the next occurrences of all enabled automations of a project, the nearest
/// first.
public final class ListUpcomingOccurrences extends Endpoint {
    private static final int MOST = 5_000;

    private final TaskAutomations automations;
    private final Clock clock;

    /// The function as Lambda makes it.
    public ListUpcomingOccurrences() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListUpcomingOccurrences(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.automations = wiring.automations();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, MOST, MOST);
        var hours = Duration.ofHours(hours(call));
        var now = clock.instant();
        var enabled =
                automations
                        .in(
                                call.projectId(),
                                automation -> automation.spec().enabled(),
                                0,
                                Integer.MAX_VALUE)
                        .automations();
        var upcoming = UpcomingOccurrences.of(enabled, now, now.plus(hours), MOST);
        var results =
                upcoming.nearest().stream()
                        .skip(page.offset())
                        .limit(page.limit())
                        .map(ListUpcomingOccurrences::write)
                        .toList();
        var json = page.body(upcoming.nearest().size(), results);
        json.put("truncated", upcoming.truncated());
        var busiest = upcoming.busiest();
        if (busiest == null) {
            json.putNull("busiest");
        } else {
            json.putObject("busiest")
                    .put("scheduled_at", IsoTime.format(busiest.minute()))
                    .put("starts", busiest.starts());
        }
        return Reply.ok(json);
    }

    private static long hours(Call call) {
        return QueryFilters.text(call, "hours")
                .map(text -> new Fields(Json.object().put("hours", text)).integer("hours", 1, 168))
                .orElse(24L);
    }

    private static ObjectNode write(Upcoming upcoming) {
        var automation = upcoming.automation();
        var json = Json.object();
        json.putObject("automation")
                .put("id", automation.id().toString())
                .put("name", automation.spec().name());
        return json.put("scheduled_at", IsoTime.format(upcoming.minute()))
                .put("local", local(automation, upcoming));
    }

    private static String local(TaskAutomation automation, Upcoming upcoming) {
        return IsoTime.local(upcoming.minute(), automation.spec().timezone().rules());
    }
}
