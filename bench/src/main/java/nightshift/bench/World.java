package nightshift.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.local.LocalServer;
import nightshift.local.Template;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What the functions are called with: their sample events, about things that exist.
///
/// Reading functions read project 1, which nobody changes. The others work on project 2, where
/// those that cannot do the same thing twice find a new automation, task and run at every call.
final class World implements AutoCloseable {
    static final long READ = 1;
    static final long WRITTEN = 2;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String AUTOMATION = "0198c5f0-0000-7000-8000-00000000000a";
    private static final String TASK = "0198c5f0-0000-7000-8000-00000000000b";
    private static final String RUN = "0198c5f0-0000-7000-8000-00000000000c";
    private static final String MOMENT = "2026-04-02T09:00:00Z";
    private static final String KEY = "phx_replace-with-your-key";

    /// The token that claims the sample's run.
    private static final String CLAIM =
            "6e7adce23ff60aecec02c613bb9f3fd816c6cda3952d2f5018908289d846b201";

    private static final Set<String> REPEATABLE =
            Set.of(
                    "CreateTaskAutomation",
                    "UpdateTaskAutomation",
                    "RunTaskAutomation",
                    "PreviewTaskAutomation",
                    "CreateTask",
                    "UpdateTask",
                    "RunTask",
                    "CreateTaskRun",
                    "UpdateTaskRun",
                    "SetTaskRunOutput",
                    "AppendTaskRunLog",
                    "PresignTaskRunArtifact",
                    "PrepareTaskRunArtifactUpload",
                    "DownloadTaskRunArtifact",
                    "HeartbeatTaskRun",
                    "RefuseRequest");

    /// What reads, but is asked for with a body.
    private static final Set<String> READING =
            Set.of(
                    "PreviewTaskAutomation",
                    "PresignTaskRunArtifact",
                    "DownloadTaskRunArtifact",
                    "RefuseRequest");

    private final DynamoDbClient table =
            DynamoDbClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
    private final S3Client s3 =
            S3Client.builder().httpClient(UrlConnectionHttpClient.create()).build();
    private final Functions functions;
    private final Path events;
    private final Rows rows;
    private final String bucket;
    private final String key;
    private final Thing read;
    private final Thing written;
    private final List<Map<String, AttributeValue>> writtenRows;

    /// An automation with its task and a run, in a project.
    record Thing(long project, String automation, String task, String run) {
        Map<String, String> inPlaceOf(String automation, String task, String run) {
            return Map.of(automation, automation(), task, task(), run, run());
        }
    }

    /// Furnishes a server that nobody has used.
    ///
    /// @param events the folder of the samples
    World(LocalServer server, Path events) throws IOException {
        this.functions = new Functions(server.template());
        this.events = events;
        this.rows = new Rows(table, functions.setting("TABLE_NAME"));
        this.bucket = functions.setting("BUCKET_NAME");
        this.key =
                functions
                        .call(
                                "CreateApiKey",
                                """
                                {"label": "bench", "scopes": ["task:write"], "projects": null,
                                 "owner": {"first_name": "Bench", "email": "bench@example.com"}}
                                """)
                        .path("key")
                        .asText();
        this.read = furnish(READ);
        this.written = furnish(WRITTEN);
        this.writtenRows =
                List.of(
                        rows.get("AUTOMATIONS#" + WRITTEN, written.automation()),
                        rows.get("TASKS#" + WRITTEN, written.task()),
                        rows.get("RUNS#" + WRITTEN + "#" + written.task(), written.run()));
    }

    @Override
    public void close() {
        table.close();
        s3.close();
    }

    String key() {
        return key;
    }

    Rows rows() {
        return rows;
    }

    Functions functions() {
        return functions;
    }

    /// Whether a function only reads.
    boolean reads(String function) {
        return READING.contains(function) || gets(function);
    }

    private boolean gets(String function) {
        return functions.get(function).routes().stream()
                .map(Template.Route::method)
                .anyMatch("GET"::equals);
    }

    /// The event of the function's next call.
    String event(String function) {
        if (gets(function)) return event(function, read);
        return event(function, REPEATABLE.contains(function) ? written : another(function));
    }

    /// A function's sample, about this thing.
    String event(String function, Thing thing) {
        var file = function.replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT) + ".json";
        try {
            var sample = Files.readString(events.resolve(file));
            if (function.equals("ClaimTaskRun")) sample = sample.replace(CLAIM, claim(thing));
            return Rows.replace(sample, thing.inPlaceOf(AUTOMATION, TASK, RUN))
                    .replace(KEY, key)
                    .replace(MOMENT, occurrence())
                    .replace("/projects/1/", "/projects/" + thing.project() + "/")
                    .replace("\"project_id\": \"1\"", "\"project_id\": \"" + thing.project() + '"')
                    .replace("\"project_id\": 1,", "\"project_id\": " + thing.project() + ",")
                    .replace("S#1", "S#" + thing.project())
                    .replace("team_1/", "team_" + thing.project() + "/");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// The sample of a function with another body.
    String event(String function, Thing thing, JsonNode body) throws IOException {
        var event = (ObjectNode) JSON.readTree(event(function, thing));
        return event.put("body", body.toString()).toString();
    }

    /// A project with ten automations, ten tasks, and a task that has ten runs; one of them has a
    /// log and an artifact.
    Thing furnish(long project) throws IOException {
        var anything = new Thing(project, AUTOMATION, TASK, RUN);
        Thing thing = null;
        for (int i = 0; i < 10; i++) thing = automation(project);
        if (thing == null) throw new IllegalStateException();
        for (int i = 0; i < 10; i++) {
            functions.body("RunTask", event("RunTask", thing));
            functions.body("CreateTask", event("CreateTask", anything));
        }
        functions.body("AppendTaskRunLog", event("AppendTaskRunLog", thing));
        upload(thing);
        functions.body(
                "FinalizeTaskRunArtifactUpload", event("FinalizeTaskRunArtifactUpload", thing));
        functions.call("FireTaskAutomation", event("FireTaskAutomation", thing));
        return thing;
    }

    /// An automation for nine o'clock, with a run.
    Thing automation(long project) throws IOException {
        functions.call("PutProject", "{\"id\": %d, \"name\": \"Bench\"}".formatted(project));
        var anything = new Thing(project, AUTOMATION, TASK, RUN);
        var body =
                JSON.createObjectNode()
                        .put("name", "Nightly dependency check")
                        .put(
                                "prompt",
                                "Update the dependencies, run the tests, open a pull request.")
                        .put("repository", "acme/api")
                        .put("cron_expression", "0 9 * * *")
                        .put("timezone", "UTC");
        var created =
                functions.body(
                        "CreateTaskAutomation", event("CreateTaskAutomation", anything, body));
        var id = created.path("id").asText();
        var started =
                functions.body(
                        "RunTaskAutomation",
                        event("RunTaskAutomation", new Thing(project, id, TASK, RUN)));
        return new Thing(
                project,
                id,
                started.path("last_task_id").asText(),
                started.path("last_task_run_id").asText());
    }

    /// Copies of the written thing's rows, under ids that nobody has used.
    private Thing another(String function) {
        var thing = new Thing(WRITTEN, id(), id(), id());
        var ids = thing.inPlaceOf(written.automation(), written.task(), written.run());
        rows.write(writtenRows.stream().map(row -> Rows.copy(row, ids)).toList());
        if (function.equals("FinalizeTaskRunArtifactUpload")) upload(thing);
        return thing;
    }

    /// The token with which a run's event lets a worker claim it.
    private String claim(Thing thing) {
        var run = rows.get("RUNS#" + thing.project() + "#" + thing.task(), thing.run());
        var secret = Objects.requireNonNull(run.get("secret")).s();
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            var token = mac.doFinal(("claim " + thing.run()).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(token);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void upload(Thing thing) {
        var path =
                "tasks/artifacts/team_%d/task_%s/run_%s/0d9f6c2e_report.md"
                        .formatted(thing.project(), thing.task(), thing.run());
        s3.putObject(
                put -> put.bucket(bucket).key(path).contentType("text/markdown"),
                RequestBody.fromString("# All green\n"));
    }

    /// Nine o'clock of a day that is over.
    static String occurrence() {
        return LocalDate.now(ZoneOffset.UTC).minusDays(1) + "T09:00:00Z";
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }
}
