package nightshift.functions.runs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Fields;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.schemas.JsonSchema;
import nightshift.json.Json;
import nightshift.run.RunStatus;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Clock;

/// `PATCH .../runs/{id}/set_output/`: replaces a run's output. A task with a JSON schema accepts
/// only what satisfies it, and is complete with it.
public final class SetTaskRunOutput extends Endpoint {
    private final Tasks tasks;
    private final TaskRuns runs;
    private final Clock clock;
    private final RunLinks links;

    /// The function as Lambda makes it.
    public SetTaskRunOutput() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public SetTaskRunOutput(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.clock = wiring.clock();
        this.links = new RunLinks(wiring);
    }

    @Override
    protected Reply answer(Call call) {
        var body = call.body();
        var output = output(body);
        var text = RunJson.outputText(body, output);
        var key = RunPath.key(call);
        var task =
                tasks.find(key.projectId(), key.taskId())
                        .orElseThrow(() -> ApiException.notFound("Task not found"));
        var schema = task.spec().jsonSchema();
        if (schema != null && runs.find(key).isPresent()) {
            JsonSchema.check(schema, output);
        }
        var updated =
                runs.update(
                        key,
                        run -> {
                            var worker = WorkerGatekeeper.key(call);
                            if (worker.isPresent() && !worker.get().valid(run, clock.instant())) {
                                throw WorkerGatekeeper.invalid(); // since the key was admitted
                            }
                            boolean completes = schema != null && !run.status().terminal();
                            var status = completes ? RunStatus.COMPLETED : run.status();
                            return run.with(status, clock.instant()).withOutput(text);
                        });
        return Reply.ok(links.write(updated.orElseThrow(ApiException::notFound), call));
    }

    private static JsonNode output(Fields body) {
        if (body.isEmpty()) {
            return Json.object();
        }
        body.require("output");
        body.notNull("output");
        return body.raw("output");
    }
}
