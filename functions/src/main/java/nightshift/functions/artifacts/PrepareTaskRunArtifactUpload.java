package nightshift.functions.artifacts;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Fields;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunPath;
import nightshift.functions.runs.WorkerGatekeeper;
import nightshift.json.Json;
import nightshift.run.RunKey;
import nightshift.run.StorageLinks;
import nightshift.run.StoragePath;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.time.Duration;
import java.util.ArrayList;

/// `POST .../artifacts/prepare_upload/`: forms by which a client uploads files straight to storage.
/// The manifest stays as it is until they are finalized.
public final class PrepareTaskRunArtifactUpload extends Endpoint {
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);
    private static final long ROOM_FOR_FORM = 64 << 10;

    private final Tasks tasks;
    private final TaskRuns runs;
    private final StorageLinks links;

    private record Wanted(ArtifactFields fields, long size) {}

    /// The function as Lambda makes it.
    public PrepareTaskRunArtifactUpload() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public PrepareTaskRunArtifactUpload(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.links = wiring.links();
    }

    @Override
    protected Reply answer(Call call) {
        var wanted = new ArrayList<Wanted>();
        for (var item : ArtifactFields.items(call.body())) {
            wanted.add(wanted(item));
        }
        var key = RunPath.key(call);
        RunPath.run(call, runs, tasks);
        var prepared = Json.array();
        for (var upload : wanted) {
            prepared.add(prepare(key, upload));
        }
        return Reply.ok(Json.object().set("artifacts", prepared));
    }

    private static Wanted wanted(Fields item) {
        var name = item.text("name", ArtifactFields.NAME);
        var type = ArtifactFields.type(item);
        var source = ArtifactFields.source(item);
        var size = item.integer("size", 1, ArtifactFields.LARGEST);
        var fields = new ArtifactFields(name, type, source, ArtifactFields.contentType(item));
        fields.tooLarge(size)
                .ifPresent(message -> {
                    throw item.refuse("size", "invalid_input", message);
                });
        return new Wanted(fields, size);
    }

    private ObjectNode prepare(RunKey key, Wanted wanted) {
        var fields = wanted.fields();
        var id = ArtifactFields.newId();
        var path = StoragePath.of(key, id, fields.name());
        var form =
                links.artifactUpload(
                                path,
                                fields.contentType(),
                                wanted.size() + ROOM_FOR_FORM,
                                LONGEST_LIFE)
                        .orElseThrow(
                                () -> ApiException.refused(400, "Unable to generate upload URL"));
        var json =
                Json.object()
                        .put("id", id)
                        .put("name", StoragePath.safeName(fields.name()))
                        .put("type", fields.type())
                        .put("source", fields.source())
                        .put("size", wanted.size())
                        .put("content_type", fields.contentType())
                        .put("storage_path", path.value())
                        .put("expires_in", form.expiresIn().toSeconds());
        var post = json.putObject("presigned_post").put("url", form.url().toString());
        form.fields().forEach(post.putObject("fields")::put);
        return json;
    }
}
