package nightshift.functions.artifacts;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.logs.RunChain;
import nightshift.functions.runs.RunPath;
import nightshift.run.Artifact;
import nightshift.run.Artifacts;
import nightshift.run.StorageLinks;
import nightshift.run.StoragePath;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.s3.ContentDisposition;
import nightshift.task.Tasks;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/// `POST .../artifacts/download/`: an artifact's bytes, also of a run that this one resumes. What
/// no answer can carry is to be fetched with GET from a presigned URL.
public final class DownloadTaskRunArtifact extends Endpoint {
    private static final int MOST_BYTES = 4 << 20;
    private static final Duration LINK_LIFE = Duration.ofHours(1);

    private final Tasks tasks;
    private final TaskRuns runs;
    private final Artifacts artifacts;
    private final StorageLinks links;

    /// The function as Lambda makes it.
    public DownloadTaskRunArtifact() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public DownloadTaskRunArtifact(Wiring wiring) {
        super(wiring.gatekeeper(), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.artifacts = wiring.artifacts();
        this.links = wiring.links();
    }

    @Override
    protected Reply answer(Call call) {
        var wanted = call.body().text("storage_path", ArtifactFields.STORAGE_PATH);
        var run = RunPath.run(call, runs, tasks);
        var artifact = find(run, wanted);
        var path = new StoragePath(wanted);
        var content = artifact.size() > MOST_BYTES ? null : read(path);
        return content == null ? redirect(artifact, path) : attachment(artifact, content);
    }

    private Reply redirect(Artifact artifact, StoragePath path) {
        if (artifacts.find(path).isEmpty()) throw gone();
        return links.artifact(path, artifact.name(), artifact.servedType(), LINK_LIFE)
                .map(link -> Reply.redirect(303, link.url()))
                .orElseThrow(() -> ApiException.refused(400, "Unable to generate download URL"));
    }

    private static Reply attachment(Artifact artifact, byte[] content) {
        return Reply.bytes(artifact.servedType(), content)
                .with("Content-Disposition", ContentDisposition.attachment(artifact.name()));
    }

    private Artifact find(TaskRun run, String storagePath) {
        return new RunChain(runs)
                .of(run)
                .flatMap(ancestor -> ancestor.artifacts().stream())
                .filter(artifact -> artifact.storagePath().equals(storagePath))
                .findFirst()
                .orElseThrow(() -> ApiException.refused(404, "Artifact not found on this run"));
    }

    /// Null if it is more than an answer can carry: a form may be used again after its file was
    /// finalized.
    private byte @Nullable [] read(StoragePath path) {
        try (var stored = artifacts.open(path).orElseThrow(DownloadTaskRunArtifact::gone)) {
            var content = stored.readNBytes(MOST_BYTES + 1);
            return content.length > MOST_BYTES ? null : content;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static ApiException gone() {
        return ApiException.refused(404, "Artifact content not found");
    }
}
