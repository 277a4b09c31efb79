package nightshift.functions.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Page;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunLinks;
import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Task;
import nightshift.task.Tasks;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `GET .../tasks/`: the project's tasks, newest first. Without a filter only the page itself is
/// read.
public final class ListTasks extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public ListTasks() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListTasks(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var page = new Page(call, 50, 100);
        var filter = TaskFilter.of(call, runs);
        boolean internal = "true".equals(call.query("internal"));
        var listed =
                filter.isPresent()
                        ? tasks.in(
                                call.projectId(),
                                internal,
                                filter.get(),
                                page.offset(),
                                page.limit())
                        : tasks.in(call.projectId(), internal, page.offset(), page.limit());
        var latest = latestRuns(listed.tasks());
        return page.reply(
                listed.count(),
                listed.tasks().stream().map(task -> write(task, latest, call)).toList());
    }

    private Map<UUID, TaskRun> latestRuns(List<Task> page) {
        var keys =
                page.stream()
                        .filter(task -> task.latestRunId() != null)
                        .map(task -> new RunKey(task.projectId(), task.id(), task.latestRunId()))
                        .toList();
        return runs.all(keys).stream()
                .collect(Collectors.toMap(run -> run.key().taskId(), Function.identity()));
    }

    private ObjectNode write(Task task, Map<UUID, TaskRun> latest, Call call) {
        var run = latest.get(task.id());
        return TaskJson.write(task, run == null ? null : links.write(run, call));
    }
}
