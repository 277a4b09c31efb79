package nightshift.local.contract;

import static nightshift.local.contract.Rules.UNKNOWN_ID;
import static nightshift.local.contract.Rules.answered;
import static nightshift.local.contract.Rules.envelope;
import static nightshift.local.contract.Rules.forbidden;
import static nightshift.local.contract.Rules.methodNotAllowed;
import static nightshift.local.contract.Rules.missingScope;
import static nightshift.local.contract.Rules.notFound;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.required;
import static nightshift.local.contract.Rules.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The rules for paths, methods, keys, scopes and projects, and for the order of refusals.
abstract class AuthorizationRules {
    private static final JsonNode NO_KEY =
            envelope(
                    "authentication_error",
                    "not_authenticated",
                    "Authentication credentials were not provided.",
                    null);

    /// An endpoint with its methods, and whether all of them need only the read scope.
    private record Route(String path, String allow, List<String> methods, boolean reads) {}

    private static List<Route> routes(String automation, String run) {
        var task = run.replaceAll("/runs/.*", "");
        return List.of(
                new Route("/task_automations", "GET, HEAD, POST", List.of("GET", "HEAD"), true),
                new Route("/task_automations", "GET, HEAD, POST", List.of("POST"), false),
                new Route(automation, "DELETE, GET, HEAD, PATCH", List.of("GET", "HEAD"), true),
                new Route(
                        automation, "DELETE, GET, HEAD, PATCH", List.of("PATCH", "DELETE"), false),
                new Route(automation + "/run", "POST", List.of("POST"), false),
                new Route("/tasks", "GET, HEAD, POST", List.of("GET", "HEAD"), true),
                new Route("/tasks", "GET, HEAD, POST", List.of("POST"), false),
                new Route(task, "DELETE, GET, HEAD, PATCH", List.of("GET", "HEAD"), true),
                new Route(task, "DELETE, GET, HEAD, PATCH", List.of("PATCH", "DELETE"), false),
                new Route(task + "/run", "POST", List.of("POST"), false),
                new Route(task + "/runs", "GET, HEAD, POST", List.of("GET", "HEAD"), true),
                new Route(task + "/runs", "GET, HEAD, POST", List.of("POST"), false),
                new Route(run, "GET, HEAD, PATCH", List.of("GET", "HEAD"), true),
                new Route(run, "GET, HEAD, PATCH", List.of("PATCH"), false),
                new Route(run + "/set_output", "PATCH", List.of("PATCH"), false),
                new Route(run + "/append_log", "POST", List.of("POST"), false),
                new Route(run + "/logs", "GET, HEAD", List.of("GET", "HEAD"), true),
                new Route(run + "/session_logs", "GET, HEAD", List.of("GET", "HEAD"), true),
                new Route(run + "/artifacts", "POST", List.of("POST"), false),
                new Route(run + "/artifacts/presign", "POST", List.of("POST"), true),
                new Route(run + "/artifacts/prepare_upload", "POST", List.of("POST"), false),
                new Route(run + "/artifacts/finalize_upload", "POST", List.of("POST"), false),
                new Route(run + "/artifacts/download", "POST", List.of("POST"), true));
    }

    @TestFactory
    Stream<DynamicTest> paths_answer_with_and_without_their_last_slash(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var route :
                routes(
                        "/task_automations/" + UNKNOWN_ID,
                        "/tasks/" + UNKNOWN_ID + "/runs/" + UNKNOWN_ID)) {
            for (var method : route.methods()) {
                // Without a key, each existing path answers 401, and none redirects.
                var call = api.call(method, route.path()).anonymous();
                var name = method + " " + route.path().replace(UNKNOWN_ID, "{id}");
                rows.add(answered(name, call, 401));
                rows.add(
                        answered(
                                name + "/", api.call(method, route.path() + "/").anonymous(), 401));
            }
        }
        var automation = "/task_automations/" + api.automation().path("id").asText();
        var run = api.run();
        for (var path : List.of("/task_automations", automation, "/tasks", run, run + "/logs")) {
            for (var slash : List.of("", "/")) {
                rows.add(
                        rule(
                                "HEAD %s%s is GET without its body"
                                        .formatted(path.replaceAll("[0-9a-f-]{36}", "{id}"), slash),
                                () -> {
                                    var head = api.head(path + slash).answers(200);
                                    assertThat(head.text()).isEmpty();
                                    var get = api.get(path + slash).answers(200);
                                    assertThat(head.header("Content-Type"))
                                            .isEqualTo(get.header("Content-Type"));
                                    assertThat(head.header("Content-Length"))
                                            .isIn("", get.header("Content-Length"));
                                }));
            }
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_method_that_a_path_does_not_have_is_405_with_what_it_has(Api api) {
        var rows = new ArrayList<DynamicTest>();
        var routes =
                routes(
                        "/task_automations/" + UNKNOWN_ID,
                        "/tasks/" + UNKNOWN_ID + "/runs/" + UNKNOWN_ID);
        for (var route : routes) {
            for (var method : List.of("PUT", "GET", "POST", "PATCH", "DELETE")) {
                if (List.of(route.allow().split(", ")).contains(method)) continue;
                rows.add(
                        rule(
                                method + " " + route.path().replace(UNKNOWN_ID, "{id}"),
                                () -> {
                                    var answer = api.call(method, route.path() + "/").answers(405);
                                    assertThat(answer.json()).isEqualTo(methodNotAllowed(method));
                                    assertThat(answer.header("Allow")).isEqualTo(route.allow());
                                }));
            }
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> what_has_no_endpoint_is_404(Api api) {
        var run = api.run();
        var task = run.replaceAll("/runs/.*", "");
        return Stream.of(
                        "/api",
                        "/api/projects",
                        "/api/projects/1/",
                        "/api/projects/1/nothing/",
                        "/api/projects/1/task_automations/" + UNKNOWN_ID + "/nothing/",
                        "/tasks/repositories/",
                        "/tasks/repository_readiness/",
                        "/tasks/summaries/",
                        task + "/staged_artifacts/prepare_upload/",
                        task + "/staged_artifacts/finalize_upload/",
                        task + "/presence/",
                        run + "/start/",
                        run + "/resume_in_cloud/",
                        run + "/command/",
                        run + "/connection_token/",
                        run + "/stream/",
                        run + "/relay_message/",
                        "/sandbox_environments/",
                        "/code/invites/",
                        "/seats/")
                .flatMap(path ->
                        Stream.of("GET", "POST")
                                .map(method ->
                                        refused(
                                                method
                                                        + " "
                                                        + path.replaceAll("[0-9a-f-]{36}", "{id}"),
                                                api.call(method, path),
                                                404,
                                                notFound("Endpoint not found."))));
    }

    @TestFactory
    Stream<DynamicTest> an_id_that_is_no_uuid_is_not_found(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var id : List.of("1", "nothing", UNKNOWN_ID + "0", "%20", UNKNOWN_ID)) {
            rows.add(
                    refused(
                            "automation " + id,
                            api.get("/task_automations/" + id),
                            404,
                            notFound()));
            rows.add(refused("task " + id, api.get("/tasks/" + id), 404, notFound()));
            rows.add(
                    refused(
                            "task of a run " + id,
                            api.get("/tasks/" + id + "/runs/" + UNKNOWN_ID),
                            404,
                            notFound("Task not found")));
        }
        var task = "/tasks/" + api.task().path("id").asText();
        for (var id : List.of("1", "nothing", UNKNOWN_ID)) {
            rows.add(refused("run " + id, api.get(task + "/runs/" + id), 404, notFound()));
        }
        var automation = api.automation().path("id").asText();
        rows.add(
                answered(
                        "an id is read in any case and printed in lower case",
                        api.get(
                                "/task_automations/"
                                        + automation.toUpperCase(java.util.Locale.ROOT)),
                        200,
                        "id",
                        "'" + automation + "'"));
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> projects(Api api) {
        var list = "/task_automations/";
        return Stream.of(
                answered(
                        "@current is the one project of the key",
                        api.get("/api/projects/@current" + list),
                        200),
                answered(
                        "@current may be percent-encoded",
                        api.get("/api/projects/%40current" + list),
                        200),
                rule(
                        "@current of a key for every project is 404",
                        () -> {
                            var key = api.newKey("'*'", "null");
                            assertThat(
                                            api.get("/api/projects/@current" + list)
                                                    .key(key)
                                                    .answers(404)
                                                    .json())
                                    .isEqualTo(notFound("Project not found."));
                        }),
                refused(
                        "a project that is no number",
                        api.get("/api/projects/abc" + list),
                        404,
                        notFound("Project not found.")),
                refused(
                        "project 0",
                        api.get("/api/projects/0" + list),
                        404,
                        notFound("Project not found.")),
                refused(
                        "a negative project",
                        api.get("/api/projects/-1" + list),
                        404,
                        notFound("Project not found.")),
                refused(
                        "a number that fits no integer",
                        api.get("/api/projects/99999999999999999999999" + list),
                        404,
                        notFound("Project not found.")),
                refused(
                        "a project that there is not",
                        api.get("/api/projects/999999999" + list),
                        404,
                        notFound("Project not found.")),
                rule(
                        "a key of other projects",
                        () -> {
                            var other = api.freshProject("Other");
                            var call =
                                    api.get("/api/projects/" + other.project() + list).answers(403);
                            assertThat(call.json())
                                    .isEqualTo(
                                            forbidden(
                                                    "API key does not have access to the requested"
                                                            + " project: ID "
                                                            + other.project()
                                                            + "."));
                        }),
                rule(
                        "another project's objects are not found",
                        () -> {
                            var other = api.freshProject("Other");
                            var automation = api.automation().path("id").asText();
                            var run = api.run();
                            other.get(list + automation).answers(404);
                            other.patch(list + automation).answers(404);
                            other.delete(list + automation).answers(404);
                            other.post(list + automation + "/run").answers(404);
                            other.get(run).answers(404);
                            other.get(run.replaceAll("/runs/.*", "")).answers(404);
                            assertThat(other.get(list).answers(200).json("count").asInt()).isZero();
                            assertThat(other.get("/tasks").answers(200).json("count").asInt())
                                    .isZero();
                        }));
    }

    @TestFactory
    Stream<DynamicTest> keys(Api api) {
        var list = api.get("/task_automations/").anonymous();
        var wrong = "phx_wrong";
        var key = api.key();
        return Stream.of(
                refused("no key", list, 401, NO_KEY),
                rule(
                        "401 comes with a challenge",
                        () -> {
                            assertThat(list.answers(401).header("WWW-Authenticate"))
                                    .isEqualTo("Bearer");
                            assertThat(list.key(wrong).answers(401).header("WWW-Authenticate"))
                                    .isEqualTo("Bearer");
                        }),
                answered("Bearer and the key", list.key(key), 200),
                answered("several spaces", list.header("Authorization", "Bearer   " + key), 200),
                refused("an unknown key", list.key(wrong), 401, invalidKey("Authorization header")),
                refused(
                        "an OAuth token is an unknown key",
                        list.key("pha_token"),
                        401,
                        invalidKey("Authorization header")),
                refused(
                        "bearer in small letters is no header",
                        list.header("Authorization", "bearer " + key),
                        401,
                        NO_KEY),
                refused(
                        "Token is no header",
                        list.header("Authorization", "Token " + key),
                        401,
                        NO_KEY),
                refused(
                        "Bearer alone is no header",
                        list.header("Authorization", "Bearer"),
                        401,
                        NO_KEY),
                refused("a key of one character is no header", list.key("x"), 401, NO_KEY),
                answered(
                        "the key as a query parameter",
                        api.get("/task_automations/?personal_api_key=" + key).anonymous(),
                        200),
                refused(
                        "a wrong query parameter",
                        api.get("/task_automations/?personal_api_key=" + wrong).anonymous(),
                        401,
                        invalidKey("query string")),
                answered(
                        "the key as a field of a JSON body",
                        api.post("/tasks/").anonymous().json("{'personal_api_key': '" + key + "'}"),
                        201),
                answered(
                        "the key as a field of a form",
                        api.post("/tasks/").anonymous().form("personal_api_key=" + key),
                        201),
                refused(
                        "a wrong field",
                        api.post("/tasks/").anonymous().json("{'personal_api_key': 'phx_wrong'}"),
                        401,
                        invalidKey("body")),
                refused(
                        "the header wins over body and query",
                        api.post("/tasks/?personal_api_key=" + key)
                                .key(wrong)
                                .json("{'personal_api_key': '" + key + "'}"),
                        401,
                        invalidKey("Authorization header")),
                refused(
                        "the body wins over the query",
                        api.post("/tasks/?personal_api_key=" + key)
                                .anonymous()
                                .json("{'personal_api_key': 'phx_wrong'}"),
                        401,
                        invalidKey("body")),
                answered(
                        "another kind of header leaves the query to be tried",
                        api.get("/task_automations/?personal_api_key=" + key)
                                .header("Authorization", "Basic abc"),
                        200),
                rule(
                        "a revoked key is unknown within a minute if it was not used before",
                        () -> {
                            var made =
                                    api.operate(
                                            "CreateApiKey",
                                            """
                                            {"label": "revoked", "scopes": ["*"],
                                             "owner": {"first_name": "Ada"}}
                                            """);
                            api.operate(
                                    "RevokeApiKey",
                                    "{\"id\": \"" + made.path("id").asText() + "\"}");
                            var answer = list.key(made.path("key").asText()).answers(401);
                            assertThat(answer.json()).isEqualTo(invalidKey("Authorization header"));
                        }));
    }

    @TestFactory
    Stream<DynamicTest> scopes(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var route :
                routes(
                        "/task_automations/" + UNKNOWN_ID,
                        "/tasks/" + UNKNOWN_ID + "/runs/" + UNKNOWN_ID)) {
            for (var method : route.methods()) {
                var name = method + " " + route.path().replace(UNKNOWN_ID, "{id}");
                var call = api.call(method, route.path() + "/").key(api.readKey());
                rows.add(
                        route.reads()
                                ? rule(
                                        name + " takes task:read",
                                        () -> assertThat(call.send().status()).isNotIn(401, 403))
                                : refused(
                                        name + " takes task:write",
                                        call,
                                        403,
                                        missingScope("task:write")));
                if (route.reads()) {
                    rows.add(
                            rule(
                                    name + ": writing implies reading",
                                    () ->
                                            assertThat(
                                                            api.call(method, route.path() + "/")
                                                                    .send()
                                                                    .status())
                                                    .isNotIn(401, 403)));
                }
            }
        }
        rows.add(
                rule(
                        "* is everything",
                        () -> {
                            var key = api.newKey("'*'", "null");
                            api.get("/tasks/").key(key).answers(200);
                            api.post("/tasks/").key(key).answers(201);
                        }));
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> the_order_of_checks(Api api) {
        var unknownRun = "/tasks/" + UNKNOWN_ID + "/runs/" + UNKNOWN_ID;
        var unknownAutomation = "/task_automations/" + UNKNOWN_ID;
        return Stream.of(
                refused(
                        "key before project",
                        api.get("/api/projects/999999999/tasks/").anonymous(),
                        401,
                        NO_KEY),
                refused(
                        "key before body",
                        api.post("/tasks/").anonymous().body("{", "application/json"),
                        401,
                        NO_KEY),
                refused("key before method", api.call("PUT", "/tasks/").anonymous(), 401, NO_KEY),
                refused(
                        "project before scope",
                        api.post("/api/projects/999999999/tasks/").key(api.readKey()),
                        404,
                        notFound("Project not found.")),
                rule(
                        "the key's projects before its scope",
                        () -> {
                            var other = api.freshProject("Other").project();
                            var answer =
                                    api.post("/api/projects/" + other + "/tasks/")
                                            .key(api.readKey())
                                            .answers(403);
                            assertThat(answer.json("detail").asText())
                                    .startsWith("API key does not have access");
                        }),
                refused(
                        "scope before body",
                        api.post("/tasks/").key(api.readKey()).body("{", "application/json"),
                        403,
                        missingScope("task:write")),
                refused(
                        "scope before an invalid field",
                        api.post("/task_automations/").key(api.readKey()).json("{'name': ''}"),
                        403,
                        missingScope("task:write")),
                refused(
                        "PATCH of an automation: the automation before the body",
                        api.patch(unknownAutomation).json("{'name': ''}"),
                        404,
                        notFound()),
                refused(
                        "PATCH of an automation: the automation before malformed JSON",
                        api.patch(unknownAutomation).body("{", "application/json"),
                        404,
                        notFound()),
                refused(
                        "presign: the body before the run",
                        api.post(unknownRun + "/artifacts/presign/").json("{}"),
                        400,
                        required("storage_path")),
                refused(
                        "set_output: the body before the run",
                        api.patch(unknownRun + "/set_output/").json("{'x': 1}"),
                        400,
                        required("output")),
                refused(
                        "append_log: the body before the run",
                        api.post(unknownRun + "/append_log/"),
                        400,
                        required("entries")),
                refused(
                        "artifacts: the body before the run",
                        api.post(unknownRun + "/artifacts/"),
                        400,
                        required("artifacts")),
                refused(
                        "prepare_upload: the body before the run",
                        api.post(unknownRun + "/artifacts/prepare_upload/"),
                        400,
                        required("artifacts")),
                refused(
                        "finalize_upload: the body before the run",
                        api.post(unknownRun + "/artifacts/finalize_upload/"),
                        400,
                        required("artifacts")),
                refused(
                        "download: the body before the run",
                        api.post(unknownRun + "/artifacts/download/"),
                        400,
                        required("storage_path")),
                refused(
                        "PATCH of a run: the body before the run",
                        api.patch(unknownRun).json("{'status': 'zzz'}"),
                        400,
                        Rules.noChoice("zzz", "status")),
                refused(
                        "PATCH of a run: a good body and no task",
                        api.patch(unknownRun),
                        404,
                        notFound("Task not found")),
                refused(
                        "a bad body before an id that is no UUID",
                        api.patch("/tasks/1/runs/2/set_output/").json("{'x': 1}"),
                        400,
                        required("output")));
    }

    private static JsonNode invalidKey(String source) {
        return envelope(
                "authentication_error",
                "authentication_failed",
                "Personal API key found in request " + source + " is invalid.",
                null);
    }
}
