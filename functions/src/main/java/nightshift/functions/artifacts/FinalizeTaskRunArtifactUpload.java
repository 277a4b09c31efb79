package nightshift.functions.artifacts;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Fields;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.api.TextRule;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunJson;
import nightshift.functions.runs.RunPath;
import nightshift.functions.runs.WorkerGatekeeper;
import nightshift.json.Json;
import nightshift.run.Artifact;
import nightshift.run.Artifacts;
import nightshift.run.RunKey;
import nightshift.run.StoragePath;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// `POST .../artifacts/finalize_upload/`: adds files that were uploaded straight to storage to the
/// run's manifest, all or none. What is in it already is answered as it is.
public final class FinalizeTaskRunArtifactUpload extends Endpoint {
    private static final TextRule ID = TextRule.filled().atMost(64);

    private final Tasks tasks;
    private final TaskRuns runs;
    private final Artifacts artifacts;
    private final Clock clock;

    private record Uploaded(String id, ArtifactFields fields, String storagePath) {
        boolean is(Artifact artifact) {
            return artifact.id().equals(id) || artifact.storagePath().equals(storagePath);
        }
    }

    /// The function as Lambda makes it.
    public FinalizeTaskRunArtifactUpload() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public FinalizeTaskRunArtifactUpload(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.artifacts = wiring.artifacts();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var uploads =
                ArtifactFields.items(call.body()).stream()
                        .map(FinalizeTaskRunArtifactUpload::uploaded)
                        .toList();
        var key = RunPath.key(call);
        var run = RunPath.run(call, runs, tasks);
        var fresh = new ArrayList<Artifact>();
        for (var upload : uploads) {
            if (run.artifacts().stream().noneMatch(upload::is)) {
                fresh.add(checked(key, upload));
            }
        }
        var kept =
                fresh.isEmpty()
                        ? run
                        : runs.addArtifacts(key, fresh, clock.instant()).orElseThrow();
        return Reply.ok(Json.object().set("artifacts", RunJson.manifest(requested(uploads, kept))));
    }

    private static Uploaded uploaded(Fields item) {
        var id = item.text("id", ID);
        var name = item.text("name", ArtifactFields.NAME);
        var type = ArtifactFields.type(item);
        var source = ArtifactFields.source(item);
        var path = item.text("storage_path", ArtifactFields.STORAGE_PATH);
        return new Uploaded(
                id, new ArtifactFields(name, type, source, ArtifactFields.contentType(item)), path);
    }

    private Artifact checked(RunKey key, Uploaded upload) {
        var path =
                StoragePath.parse(key, upload.id(), upload.storagePath())
                        .orElseThrow(() ->
                                ApiException.refused(
                                        400, "Artifact storage path is invalid for this run"));
        var stored =
                artifacts
                        .find(path)
                        .orElseThrow(() ->
                                ApiException.refused(
                                        400, "Artifact upload not found in object storage"));
        upload.fields()
                .tooLarge(stored.size())
                .ifPresent(message -> {
                    throw ApiException.refused(400, message);
                });
        try (var content = artifacts.open(path).orElseGet(InputStream::nullInputStream)) {
            return upload.fields()
                    .artifact(upload.id(), path, stored.size(), content, clock.instant());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static List<Artifact> requested(List<Uploaded> uploads, TaskRun run) {
        var requested = new LinkedHashMap<String, Artifact>();
        for (var upload : uploads) {
            run.artifacts().stream()
                    .filter(upload::is)
                    .findFirst()
                    .ifPresent(artifact -> requested.put(artifact.storagePath(), artifact));
        }
        return List.copyOf(requested.values());
    }
}
