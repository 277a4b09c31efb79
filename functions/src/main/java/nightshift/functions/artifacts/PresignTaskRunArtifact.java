package nightshift.functions.artifacts;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.api.TextRule;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunPath;
import nightshift.json.Json;
import nightshift.run.StorageLinks;
import nightshift.run.StoragePath;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Duration;

/// `POST .../artifacts/presign/`: a URL that downloads one of the run's artifacts without a key.
public final class PresignTaskRunArtifact extends Endpoint {
    private static final TextRule STORAGE_PATH = TextRule.filled().atMost(500);
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);

    private final Tasks tasks;
    private final TaskRuns runs;
    private final StorageLinks links;

    /// The function as Lambda makes it.
    public PresignTaskRunArtifact() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public PresignTaskRunArtifact(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.links = wiring.links();
    }

    @Override
    protected Reply answer(Call call) {
        var path = call.body().text("storage_path", STORAGE_PATH);
        var key = RunPath.key(call);
        var artifact = runs.artifact(key, path);
        if (artifact.isEmpty()) {
            RunPath.run(call, runs, tasks);
            throw ApiException.refused(404, "Artifact not found on this run");
        }
        var signed =
                links.artifact(
                                new StoragePath(path),
                                artifact.get().name(),
                                artifact.get().servedType(),
                                LONGEST_LIFE)
                        .orElseThrow(
                                () -> ApiException.refused(400, "Unable to generate download URL"));
        return Reply.ok(
                Json.object()
                        .put("url", signed.url().toString())
                        .put("expires_in", signed.expiresIn().toSeconds()));
    }
}
