package nightshift.bench;

import static java.util.Objects.requireNonNull;

import module java.base;
import module java.net.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.local.LocalServer;
import nightshift.local.Settings.Port;
import nightshift.local.Template;
import nightshift.text.Hmac;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;

/// Creates the events of the functions: those of `events/`, with ids that exist.
///
/// GET requests read project 1, which is never changed. Other calls use project 2. A function whose
/// call cannot be repeated gets a new automation, task, run and channel for each call.
final class SampleData {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Ids SAMPLES =
            new Ids(
                    1,
                    "0198c5f0-0000-7000-8000-00000000000a",
                    "0198c5f0-0000-7000-8000-00000000000b",
                    "0198c5f0-0000-7000-8000-00000000000c");
    private static final String CLAIM_TOKEN = "(?<=claim_token.{0,9})[0-9a-f]{64}";
    private static final Pattern ONCE =
            Pattern.compile(
                    "(Delete|Cancel|Claim|Upload|Finalize|Fire|Sync|CreateNotif|UpdateTaskAutomationP).*");

    private final HttpClient http = HttpClient.newHttpClient();
    private final LocalServer server;
    private final Path events;
    private final DynamoDbClient dynamoDb;
    private final S3Client s3;
    private final String table;
    private final String key;
    private final Ids read;
    private final Ids written;
    private final Ids copied;
    private long projects = 1_000;
    private final List<Map<String, AttributeValue>> copiedRows;

    /// An automation of a project, with its task and a run, and a channel with the automation's id.
    record Ids(long project, String automation, String task, String run) {
        Map<String, String> replacing(Ids others) {
            return Map.of(others.automation, automation, others.task, task, others.run, run);
        }
    }

    SampleData(LocalServer server, Path events) throws IOException, InterruptedException {
        this.server = server;
        this.events = events;
        var http = UrlConnectionHttpClient.create();
        s3 = S3Client.builder().httpClient(http).build();
        dynamoDb = DynamoDbClient.builder().httpClient(http).build();
        table = setting("TABLE_NAME");
        var newKey =
                """
                {"label": "bench", "scopes": ["task:write"], "projects": null,
                 "owner": {"first_name": "Bench", "email": "bench@example.com"}}
                """;
        key = call("CreateApiKey", newKey).path("key").asText();
        read = fill(1);
        written = fill(2);
        copied = automation(2, "* * * * *");
        for (var ids : List.of(read, written, copied)) addChannel(ids);
        copiedRows = rowsOf(copied.automation + "|" + copied.task + "|" + copied.run);
        dynamoDb.putItem(put -> put.tableName(table).item(BareCall.READ));
        put(BareCall.NAME, "x".repeat(1_024));
    }

    String key() {
        return key;
    }

    /// A function of the template, a bare call, or the empty handler.
    LambdaJvm.Function function(String name) {
        if (server.template().functions().containsKey(name)) {
            var found = template(name);
            var environment = new HashMap<>(found.environment());
            environment.replace("AUTOMATIONS_PER_PROJECT", "1000000");
            return new LambdaJvm.Function(found.handler(), environment, found.timeout());
        }
        var handler = name.equals(EmptyHandler.NAME) ? EmptyHandler.class : BareCall.class;
        var environment = new HashMap<>(Map.of("BARE_CALL", name));
        for (var setting : List.of("TABLE_NAME", "BUCKET_NAME", "JAVA_TOOL_OPTIONS")) {
            environment.put(setting, setting(setting));
        }
        return new LambdaJvm.Function(handler.getName(), environment, Duration.ofSeconds(29));
    }

    private Template.Function template(String name) {
        return requireNonNull(server.template().functions().get(name), name);
    }

    /// The value of an environment variable of any function.
    private String setting(String name) {
        return server.template().functions().values().stream()
                .map(function -> function.environment().get(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    /// The event of the function's next call.
    String event(String name) {
        if (!server.template().functions().containsKey(name)) return event("RetrieveTask", read);
        var gets = template(name).routes().stream().anyMatch(route -> route.method().equals("GET"));
        if (gets) return event(name, read);
        if (!ONCE.matcher(name).matches()) return event(name, written);
        if (name.equals("CreateNotificationChannel")) return event(name, newProject());
        var ids = new Ids(2, id(), id(), id());
        copy(copiedRows, ids.replacing(copied));
        if (name.startsWith("Finalize")) putArtifact(ids);
        return event(name, ids);
    }

    /// The sample event of a function with these ids.
    String event(String function, Ids ids) {
        var file = function.replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT) + ".json";
        try {
            var sample = Files.readString(events.resolve(file));
            if (function.startsWith("Claim")) {
                sample = sample.replaceAll(CLAIM_TOKEN, claimToken(ids.run));
            }
            return replace(sample, ids.replacing(SAMPLES))
                    .replace("phx_replace-with-your-key", key)
                    .replace("2026-04-02T09:00:00Z", minute(1).toString())
                    .replace("/projects/1/", "/projects/" + ids.project + "/")
                    .replaceAll("(?<=project_id\": \"?)1(?=[\",])", "" + ids.project)
                    .replace("S#1", "S#" + ids.project)
                    .replace("team_1/", "team_" + ids.project + "/");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// The sample event of a function with another body.
    String event(String function, Ids ids, JsonNode body) throws IOException {
        var event = (ObjectNode) JSON.readTree(event(function, ids));
        return event.put("body", body.toString()).toString();
    }

    /// The sample event of a GET request with another query parameter.
    String query(String function, Ids ids, String parameter, String value) throws IOException {
        var event = (ObjectNode) JSON.readTree(event(function, ids));
        event.putObject("queryStringParameters").put(parameter, value);
        event.putObject("multiValueQueryStringParameters").putArray(parameter).add(value);
        return event.toString();
    }

    /// A project with ten automations, ten tasks, and a task with ten runs; one run has a log and
    /// an artifact.
    Ids fill(long project) throws IOException, InterruptedException {
        var ids = automation(project, "* * * * *");
        for (int i = 0; i < 9; i++) {
            automation(project, "0 9 * * *");
            call("RunTask", event("RunTask", ids));
            call("CreateTask", event("CreateTask", ids));
        }
        putArtifact(ids);
        for (var function :
                List.of(
                        "AppendTaskRunLog",
                        "FinalizeTaskRunArtifactUpload",
                        "FireTaskAutomation")) {
            call(function, event(function, ids));
        }
        return ids;
    }

    /// A new automation with a run.
    Ids automation(long project, String cron) throws IOException, InterruptedException {
        call("PutProject", "{\"id\": %d, \"name\": \"Bench\"}".formatted(project));
        var body =
                JSON.createObjectNode()
                        .put("name", "Nightly dependency check")
                        .put("prompt", "Update the dependencies and open a pull request.")
                        .put("repository", "acme/api")
                        .put("cron_expression", cron)
                        .put("timezone", "UTC");
        var ids = new Ids(project, SAMPLES.automation, SAMPLES.task, SAMPLES.run);
        var create = event("CreateTaskAutomation", ids, body);
        var id = call("CreateTaskAutomation", create).path("id").asText();
        ids = new Ids(project, id, ids.task, ids.run);
        var started = call("RunTaskAutomation", event("RunTaskAutomation", ids));
        var task = started.path("last_task_id").asText();
        return new Ids(project, id, task, started.path("last_task_run_id").asText());
    }

    /// Calls a function of the local run. Returns the body of an API function's answer, or the
    /// whole answer of another function.
    JsonNode call(String function, String event) throws IOException, InterruptedException {
        var url = server.url(Port.LAMBDA) + "/2015-03-31/functions/" + function + "/invocations";
        var body = HttpRequest.BodyPublishers.ofString(event);
        var request = HttpRequest.newBuilder(URI.create(url)).POST(body);
        request.header("Content-Type", "application/json");
        var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
        check(function, answer);
        var json = JSON.readTree(answer);
        return json.path("body").isTextual() ? JSON.readTree(json.path("body").asText()) : json;
    }

    /// Throws if the answer is an error, which would be fast and wrong.
    static void check(String function, String answer) throws IOException {
        var json = JSON.readTree(answer);
        boolean refused = json.path("statusCode").asInt(200) >= 400;
        boolean failed = !json.path("batchItemFailures").isEmpty() || json.has("errorMessage");
        if (refused != function.equals("RefuseRequest") || failed) {
            throw new IllegalStateException(function + " answered " + answer);
        }
    }

    /// A past minute that is recent enough for a firing.
    static Instant minute(int ago) {
        return Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(ago, ChronoUnit.MINUTES);
    }

    /// A project may have a hundred channels.
    private Ids newProject() {
        var ids = new Ids(++projects, id(), id(), id());
        try {
            call("PutProject", "{\"id\": %d, \"name\": \"Bench\"}".formatted(ids.project));
            return ids;
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private void addChannel(Ids ids) throws IOException, InterruptedException {
        var created = call("CreateNotificationChannel", event("CreateNotificationChannel", ids));
        var id = created.path("id").asText();
        copy(rowsOf(id), Map.of(id, ids.automation));
    }

    /// The items whose keys match a pattern.
    private List<Map<String, AttributeValue>> rowsOf(String pattern) {
        var named = Pattern.compile(pattern);
        return dynamoDb.scanPaginator(scan -> scan.tableName(table)).items().stream()
                .filter(item -> named.matcher(item.get("pk") + " " + item.get("sk")).find())
                .toList();
    }

    /// Writes copies of rows, with other texts in place of some in their attributes.
    private void copy(List<Map<String, AttributeValue>> rows, Map<String, String> replaced) {
        for (var row : rows) {
            var copy = new HashMap<>(row);
            copy.replaceAll((_, value) ->
                    value.s() == null ? value : AttributeValue.fromS(replace(value.s(), replaced)));
            dynamoDb.putItem(put -> put.tableName(table).item(copy));
        }
    }

    private static String replace(String text, Map<String, String> replaced) {
        for (var each : replaced.entrySet()) text = text.replace(each.getKey(), each.getValue());
        return text;
    }

    /// The token with which a worker may claim a copied run. The run's event carries it.
    private String claimToken(String run) {
        var row = copiedRows.stream().filter(each -> each.containsKey("secret")).findFirst();
        return Hmac.hex(requireNonNull(row.orElseThrow().get("secret")).s(), "claim " + run);
    }

    private void putArtifact(Ids ids) {
        put(
                "tasks/artifacts/team_%d/task_%s/run_%s/0d9f6c2e_report.md"
                        .formatted(ids.project, ids.task, ids.run),
                "# All green\n");
    }

    private void put(String object, String content) {
        var bucket = setting("BUCKET_NAME");
        s3.putObject(
                put -> put.bucket(bucket).key(object).contentType("text/markdown"),
                RequestBody.fromString(content));
    }

    /// An id that sorts before those that the functions make: a task whose latest run has a later
    /// id than a new run costs a firing a second transaction.
    private static String id() {
        return "0190" + UUID.randomUUID().toString().substring(4);
    }
}
