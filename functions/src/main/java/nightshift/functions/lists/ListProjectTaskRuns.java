package nightshift.functions.lists;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.run.RunFilter;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Task;
import nightshift.task.Tasks;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;

/// `GET .../task_runs/`: the runs of a project, newest first.
public final class ListProjectTaskRuns extends Endpoint {
    private final TaskRuns runs;
    private final Tasks tasks;

    /// The function as Lambda makes it.
    public ListProjectTaskRuns() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListProjectTaskRuns(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.runs = wiring.runs();
        this.tasks = wiring.tasks();
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 100, 1_000);
        var filter =
                new RunFilter(
                        status(call),
                        QueryFilters.id(call, "automation"),
                        QueryFilters.text(call, "repository").orElse(null),
                        QueryFilters.time(call, "from"),
                        QueryFilters.time(call, "to"));
        var listed = runs.in(call.projectId(), filter, page.offset(), page.limit());
        var ids = listed.runs().stream().map(run -> run.key().taskId()).distinct().toList();
        var titles = tasks.all(call.projectId(), ids);
        return page.reply(
                listed.count(), listed.runs().stream().map(run -> write(run, titles)).toList());
    }

    private static @Nullable RunStatus status(Call call) {
        return QueryFilters.text(call, "status")
                .map(text ->
                        Arrays.stream(RunStatus.values())
                                .filter(status -> status.text().equals(text))
                                .findFirst()
                                .orElseThrow(() ->
                                        ApiException.invalid(
                                                "invalid_choice",
                                                "\"" + text + "\" is not a valid choice.",
                                                "status")))
                .orElse(null);
    }

    private static ObjectNode write(TaskRun run, Map<UUID, Task> tasks) {
        var task = tasks.get(run.key().taskId());
        var title = task == null ? null : task.spec().title();
        var json =
                Json.object()
                        .put("id", run.id().toString())
                        .put("task", run.key().taskId().toString())
                        .put("task_title", title);
        var automation = run.automationId();
        if (automation == null) {
            json.putNull("automation");
        } else {
            // an automation's name is its task's title, also after the automation is gone
            json.putObject("automation").put("id", automation.toString()).put("name", title);
        }
        var times = run.times();
        var output = run.report().output();
        var occurrence = run.occurrence();
        json.put("status", run.status().text()).put("error_message", run.report().errorMessage());
        json.set("output", output == null ? null : Json.stored(output));
        return json.put("created_at", IsoTime.format(times.created()))
                .put("completed_at", IsoTime.format(times.completed()))
                .put("attempt", occurrence == null ? 1 : occurrence.attempt())
                .put("duration_seconds", seconds(run))
                .put("started_by", run.startedBy());
    }

    /// From the creation to the end; null: it has not ended.
    private static @Nullable Double seconds(TaskRun run) {
        var completed = run.times().completed();
        return completed == null
                ? null
                : Duration.between(run.times().created(), completed).toMillis() / 1_000.0;
    }
}
