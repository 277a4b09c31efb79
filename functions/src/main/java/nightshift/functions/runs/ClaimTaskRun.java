package nightshift.functions.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiError;
import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.api.TextRule;
import nightshift.automation.Policy;
import nightshift.automation.TaskAutomations;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Task;
import nightshift.task.Tasks;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Optional;
import java.util.TreeMap;

/// `POST .../runs/{id}/claim/`: a worker takes a queued run. The token of the event is the
/// credential. Exactly one claim is answered with the key, the others with 409. A worker that gives
/// its name may repeat its claim, because an answer can be lost.
public final class ClaimTaskRun extends Endpoint {
    private static final TextRule TOKEN = TextRule.filled().atMost(255);
    private static final TextRule CLAIMANT = TextRule.filled().atMost(255);

    private final Tasks tasks;
    private final TaskRuns runs;
    private final TaskAutomations automations;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public ClaimTaskRun() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ClaimTaskRun(Wiring wiring) {
        super((call, _) -> call.linked(), Scope.NONE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.automations = wiring.automations();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var token = call.body().text("claim_token", TOKEN);
        var claimant = call.body().text("claimant", CLAIMANT, null);
        var now = clock.instant();
        var key = RunPath.key(call);
        // A deleted task still is in the table: its queued runs are worked on all the same.
        var task =
                tasks.find(key.projectId(), key.taskId())
                        .orElseThrow(() -> ApiException.notFound("Task not found"));
        var run =
                runs.update(key, queued -> claimed(queued, token, claimant))
                        .orElseThrow(ApiException::notFound);
        var answer = Json.object().put("key", WorkerKey.of(run, now).text());
        answer.set("task", json(task));
        policy(run).ifPresent(policy -> answer.set("policy", policy));
        return Reply.ok(answer.set("run", links.write(run, call)));
    }

    /// What the automation of a run says to its worker, as it is now; empty: the run has none, or
    /// it was deleted.
    private Optional<ObjectNode> policy(TaskRun run) {
        return Optional.ofNullable(run.automationId())
                .flatMap(id -> automations.find(run.key().projectId(), id))
                .map(automation -> json(automation.policy()));
    }

    private static ObjectNode json(Policy policy) {
        var limit = policy.timeLimit();
        var json =
                Json.object().put("time_limit_seconds", limit == null ? null : limit.toSeconds());
        var environment = json.putObject("environment");
        new TreeMap<>(policy.environment()).forEach(environment::put);
        return json;
    }

    private TaskRun claimed(TaskRun run, String token, @Nullable String claimant) {
        boolean announced =
                MessageDigest.isEqual(
                        RunEvents.claimToken(run).getBytes(StandardCharsets.UTF_8),
                        token.getBytes(StandardCharsets.UTF_8));
        if (!announced) {
            throw ApiException.forbidden("The claim token is not this run's.");
        }
        boolean again = claimant != null && claimant.equals(run.claim().claimant());
        if (again && run.status() == RunStatus.IN_PROGRESS) {
            return run;
        }
        if (run.status() != RunStatus.QUEUED) {
            throw new ApiException(
                    new ApiError.Conflict(
                            "The run is %s: only a queued run can be claimed."
                                    .formatted(run.status().text())));
        }
        if (!run.waits()) {
            throw new ApiException(
                    new ApiError.Conflict(
                            "The run's client does the work: no worker can claim it."));
        }
        return run.claimedBy(claimant, clock.instant());
    }

    /// What a worker needs to know of a task.
    private static ObjectNode json(Task task) {
        var spec = task.spec();
        var json =
                Json.object()
                        .put("id", task.id().toString())
                        .put("title", spec.title())
                        .put("description", spec.description())
                        .put("repository", spec.repository());
        var schema = spec.jsonSchema() == null ? null : Json.stored(spec.jsonSchema());
        return json.set("json_schema", schema);
    }
}
