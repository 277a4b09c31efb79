package nightshift.functions.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Idempotency;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.api.TextRule;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.CreateTaskRun;
import nightshift.functions.runs.NewRun;
import nightshift.functions.runs.RunJson;
import nightshift.functions.runs.RunLinks;
import nightshift.functions.runs.TaskReplies;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.Ids;
import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Task;
import nightshift.task.Tasks;
import nightshift.text.UuidText;

import org.jspecify.annotations.Nullable;

import java.time.Clock;
import java.util.UUID;

/// `POST .../tasks/{task_id}/run/`: starts a run of a task in the cloud, new or resuming an earlier
/// one.
public final class RunTask extends Endpoint {
    private static final TextRule MESSAGE = TextRule.filled().orNull().orBlank().inBytes(32 << 10);

    private final Tasks tasks;
    private final TaskRuns runs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public RunTask() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RunTask(Wiring wiring) {
        super(
                wiring.gatekeeper(),
                Scope.TASK_WRITE,
                new Idempotency(wiring.keyUses(), wiring.clock()));
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var body = call.body();
        var mode = body.choice("mode", CreateTaskRun.MODES, "background");
        var branch = body.text("branch", RunJson.BRANCH, null);
        var resumed = body.text("resume_from_run_id", TextRule.filled().orNull(), null);
        var message = body.text("pending_user_message", MESSAGE, null);
        var task =
                tasks.find(call.projectId(), call.ownTaskId())
                        .filter(found -> !found.deleted())
                        .orElseThrow(ApiException::notFound);
        var state = Json.object().put("mode", mode);
        if (resumed != null) {
            if (!isRunOf(task, resumed)) {
                return Reply.of(400, Json.object().put("detail", "Invalid resume_from_run_id"));
            }
            state.put("resume_from_run_id", resumed);
        }
        if (message != null) {
            state.put("pending_user_message", message);
        }
        var run =
                runs.add(
                                () -> {
                                    var now = call.time(clock);
                                    return NewRun.of(
                                                    task.projectId(),
                                                    task.id(),
                                                    RunEnvironment.CLOUD,
                                                    branch,
                                                    state,
                                                    call.caller(),
                                                    now)
                                            .withId(Ids.timeOrdered(now, call.random("run")));
                                })
                        .orElseThrow(ApiException::notFound);
        Log.with("run", run.id());
        return Reply.ok(TaskJson.write(task, latest(task, run, call)));
    }

    /// The run that was just started, unless another clock had given the task a later one already.
    private @Nullable ObjectNode latest(Task task, TaskRun started, Call call) {
        var before = task.latestRunId();
        return before == null || before.toString().compareTo(started.id().toString()) < 0
                ? links.write(started, call)
                : TaskReplies.latestRun(task, runs, links, call);
    }

    private boolean isRunOf(Task task, String run) {
        return UuidText.matches(run)
                && runs.find(new RunKey(task.projectId(), task.id(), UUID.fromString(run)))
                        .isPresent();
    }
}
