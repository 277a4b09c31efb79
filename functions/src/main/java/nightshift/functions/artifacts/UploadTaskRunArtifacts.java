package nightshift.functions.artifacts;

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
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// `POST .../artifacts/`: keeps files that are sent with the call, and adds them to the run's
/// manifest.
public final class UploadTaskRunArtifacts extends Endpoint {
    private static final TextRule CONTENT = TextRule.filled().orBlank().untrimmed();

    /// `base64` of GNU wraps its lines.
    private static final Pattern LINE_BREAKS = Pattern.compile("[\\r\\n]");

    private final Tasks tasks;
    private final TaskRuns runs;
    private final Artifacts artifacts;
    private final Clock clock;

    /// A file as it was sent.
    private record Upload(ArtifactFields fields, ByteBuffer content) {}

    /// The function as Lambda makes it.
    public UploadTaskRunArtifacts() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public UploadTaskRunArtifacts(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_WRITE);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.artifacts = wiring.artifacts();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var uploads = new ArrayList<Upload>();
        for (var item : ArtifactFields.items(call.body())) {
            uploads.add(upload(item));
        }
        var key = RunPath.key(call);
        RunPath.run(call, runs, tasks);
        var now = clock.instant();
        var manifest = new ArrayList<Artifact>();
        for (var upload : uploads) {
            manifest.add(keep(key, upload, now));
        }
        var run = runs.addArtifacts(key, manifest, now).orElseThrow();
        return Reply.ok(Json.object().set("artifacts", RunJson.manifest(run.artifacts())));
    }

    private static Upload upload(Fields item) {
        var name = item.text("name", ArtifactFields.NAME);
        var type = ArtifactFields.type(item);
        var source = ArtifactFields.source(item);
        var text = item.text("content", CONTENT);
        var encoding = item.choice("content_encoding", List.of("utf-8", "base64"), "utf-8");
        var fields = new ArtifactFields(name, type, source, ArtifactFields.contentType(item));
        var content =
                "base64".equals(encoding)
                        ? decoded(item, text)
                        : text.getBytes(StandardCharsets.UTF_8);
        fields.tooLarge(content.length)
                .ifPresent(message -> {
                    throw item.refuse("content", "invalid_input", message);
                });
        return new Upload(fields, ByteBuffer.wrap(content));
    }

    private static byte[] decoded(Fields item, String text) {
        try {
            return Base64.getDecoder().decode(LINE_BREAKS.matcher(text).replaceAll(""));
        } catch (IllegalArgumentException _) {
            throw item.refuse("content", "invalid_input", "Invalid base64 content");
        }
    }

    private Artifact keep(RunKey key, Upload upload, Instant now) {
        var id = ArtifactFields.newId();
        var path = StoragePath.of(key, id, upload.fields().name());
        var content = upload.content().array();
        artifacts.put(path, content, upload.fields().contentType());
        return upload.fields()
                .artifact(id, path, content.length, new ByteArrayInputStream(content), now);
    }
}
