package nightshift.local.contract;

import static nightshift.local.contract.Rules.UNKNOWN_ID;
import static nightshift.local.contract.Rules.invalid;
import static nightshift.local.contract.Rules.nothing;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Section 7.6: schemas, artifacts, and the refusals of invalid requests.
abstract class ValidationRules {
    private static final String TOO_LONG = "Output validation error: the schema takes too long";

    @TestFactory
    Stream<DynamicTest> a_schema_is_checked_when_a_task_is_written(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var schema :
                List.of(
                        "{'type': 'strin'}",
                        "{'pattern': '('}",
                        "{'pattern': '^(?=a)'}",
                        "{'$ref': '#/$defs/nowhere'}",
                        "{'$ref': '#'}",
                        "{'$ref': 'http://127.0.0.1:9/schema.json'}",
                        "{'$dynamicRef': 'http://127.0.0.1:9/schema.json#a'}",
                        "{'$schema': 'http://127.0.0.1:9/own'}",
                        "{'properties': {'a': "
                                + "{'items': ".repeat(200)
                                + "5"
                                + "}".repeat(202))) {
            rows.add(
                    rule(
                            "POST " + name(schema),
                            () -> {
                                var tasks = api.get("/tasks/").answers(200).json("count").asInt();
                                refusedSchema(
                                        api.post("/tasks/")
                                                .json("{'json_schema': " + schema + "}"));
                                assertThat(api.get("/tasks/").answers(200).json("count").asInt())
                                        .isEqualTo(tasks);
                            }));
            rows.add(
                    rule(
                            "PATCH " + name(schema),
                            () -> {
                                var task = task(api, "{'type': 'object'}");
                                refusedSchema(
                                        api.patch(task)
                                                .json(
                                                        "{'title': 'x', 'json_schema': "
                                                                + schema
                                                                + "}"));
                                var kept = api.get(task).answers(200);
                                assertThat(kept.json("json_schema"))
                                        .isEqualTo(Json.any("{'type': 'object'}"));
                                assertThat(kept.json("title").asText()).isNotEqualTo("x");
                            }));
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> checking_an_output_ends_in_time(Api api) {
        var doubling =
                new StringBuilder("{'$ref': '#/$defs/a50', '$defs': {'a0': {'type': 'null'}");
        for (int i = 1; i <= 50; i++) {
            doubling.append(
                    ", 'a%d': {'anyOf': [{'$ref': '#/$defs/a%d'}, {'$ref': '#/$defs/a%2$d'}]}"
                            .formatted(i, i - 1));
        }
        return Stream.of(
                rule(
                        "nested repetitions in a pattern",
                        () -> {
                            var task = task(api, "{'pattern': '^(?:(a+)+)+c$'}");
                            var output = "{'output': '" + "a".repeat(34) + "'}";
                            assertThat(output(api, task, output, 400))
                                    .startsWith("Output validation error: ");
                            output(api, task, "{'output': '" + "a".repeat(2_000) + "c'}", 200);
                        }),
                rule(
                        "references that double the work fifty times",
                        () ->
                                assertThat(
                                                output(
                                                        api,
                                                        task(api, doubling + "}}"),
                                                        "{'output': 1}",
                                                        400))
                                        .isEqualTo(TOO_LONG)),
                rule(
                        "a recursive schema ends with the value",
                        () -> {
                            var task =
                                    task(
                                            api,
                                            "{'type': 'object', 'additionalProperties': {'$ref': '#'}}");
                            output(api, task, "{'output': {'a': {'b': {}}}}", 200);
                            assertThat(output(api, task, "{'output': {'a': {'b': 1}}}", 400))
                                    .startsWith("Output validation error: ");
                        }),
                rule(
                        "1 and 1.0 are equal",
                        () ->
                                output(
                                        api,
                                        task(api, "{'uniqueItems': true}"),
                                        "{'output': [1, 1.0]}",
                                        400)));
    }

    @TestFactory
    Stream<DynamicTest> a_refusal_names_the_field(Api api) {
        var rows = new ArrayList<DynamicTest>();
        var run = "/tasks/" + UNKNOWN_ID + "/runs/" + UNKNOWN_ID;
        rows.add(
                refused(
                        "set_output null",
                        api.patch(run + "/set_output/").json("{'output': null}"),
                        400,
                        nothing("output")));
        for (var row :
                Map.of(
                                "60 9 * * *",
                                "Invalid cron expression. Use standard 5-field cron syntax (e.g., '0 9 * * 1-5'). Reason: minute: \"60\" is not between 0 and 59.",
                                "0 0 31 2 *",
                                "Invalid cron expression. Use standard 5-field cron syntax (e.g., '0 9 * * 1-5'). Reason: day of month: \"31\" never comes in month \"2\".",
                                "@daily",
                                "Only standard 5-field cron expressions are supported (minute hour day month weekday). Example: '0 9 * * 1-5'. Reason: five fields expected, not 1.")
                        .entrySet()) {
            rows.add(
                    refused(
                            "preview of " + row.getKey(),
                            api.post("/task_automations/preview/")
                                    .json(Json.tree("{}").put("cron_expression", row.getKey())),
                            400,
                            invalid("invalid_input", row.getValue(), "cron_expression")));
        }
        for (var repository : List.of("../secret", "x@evil/..%2f..", "acme/.git")) {
            var refusal =
                    invalid(
                            "invalid_input",
                            "Repository must be in the format organization/repository",
                            "repository");
            var body = Json.tree("{}").put("repository", repository);
            rows.add(refused("task " + repository, api.post("/tasks/").json(body), 400, refusal));
            rows.add(
                    rule(
                            "PATCH " + repository,
                            () -> {
                                var task = "/tasks/" + api.task().path("id").asText();
                                assertThat(api.patch(task).json(body).answers(400).json())
                                        .isEqualTo(refusal);
                                var automation =
                                        "/task_automations/" + api.automation().path("id").asText();
                                assertThat(api.patch(automation).json(body).answers(400).json())
                                        .isEqualTo(refusal);
                            }));
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_content_type_is_a_media_type(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var type :
                List.of(
                        "text/plain; charset=",
                        "text/plain\r\nX-Evil: 1",
                        "text/plain; a=b\r\nX-Evil: 1",
                        "text",
                        "text/",
                        "/plain",
                        "text/plain/x",
                        "text /plain",
                        "text/plain; =b",
                        "text/plain; a b",
                        "text/plain, text/html",
                        "text/plain; a=\"b",
                        "text/pl\u00e4in",
                        "\u65e5\u672c",
                        "text/plain\u202e")) {
            for (var endpoint : List.of("", "prepare_upload/", "finalize_upload/")) {
                rows.add(
                        refused(
                                endpoint + " " + name(type),
                                api.post(
                                                "/tasks/"
                                                        + UNKNOWN_ID
                                                        + "/runs/"
                                                        + UNKNOWN_ID
                                                        + "/artifacts/"
                                                        + endpoint)
                                        .json(artifacts(artifact("a.txt", type))),
                                400,
                                invalid(
                                        "invalid_input",
                                        "Not a valid media type.",
                                        "artifacts__0__content_type")));
            }
        }
        for (var type :
                List.of(
                        "",
                        "text/plain",
                        "TEXT/Plain;Charset=utf-8",
                        "text/plain;",
                        "text/plain; charset=\"utf-8\"",
                        "text/plain; charset=nonsense",
                        "text/plain;\tcharset=us-ascii",
                        "text/plain; a=\"b\\\"c; d\"",
                        "multipart/form-data; boundary=x",
                        "application/vnd.api+json",
                        "!#$%&'*+-.^_`|~/x")) {
            rows.add(
                    rule(
                            "kept as given: " + name(type),
                            () -> {
                                var run = api.run();
                                var kept = upload(api, run, artifact("a.bin", type));
                                assertThat(kept.path("content_type").asText()).isEqualTo(type);
                                assertThat(download(api, run, kept).text()).isEqualTo("a");
                                assertThat(presigned(api, run, kept).statusCode()).isEqualTo(200);
                                assertThat(uploadByForm(api, run, "b.bin", type, "b"))
                                        .isEqualTo("b");
                            }));
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> base64_may_have_lines(Api api) {
        var bytes = new byte[200];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) i;
        var wrapped = Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(bytes) + "\n";
        return Stream.of(
                rule(
                        "as base64 of GNU wraps them",
                        () -> {
                            for (var content : List.of(wrapped, wrapped.replace("\n", "\r\n"))) {
                                var run = api.run();
                                var kept =
                                        upload(
                                                api,
                                                run,
                                                artifact("a.bin", "")
                                                        .put("content", content)
                                                        .put("content_encoding", "base64"));
                                assertThat(kept.path("size").asInt()).isEqualTo(200);
                                assertThat(download(api, run, kept).response().body())
                                        .isEqualTo(bytes);
                            }
                        }),
                rule(
                        "and nothing else",
                        () -> {
                            for (var content :
                                    List.of(
                                            "YW\tE=",
                                            "Y W E=",
                                            "YWE=!",
                                            "-_-_",
                                            "YWE=YWE=",
                                            "\u00a0")) {
                                var refusal =
                                        api.post(api.run() + "/artifacts/")
                                                .json(
                                                        artifacts(
                                                                artifact("a.bin", "")
                                                                        .put("content", content)
                                                                        .put(
                                                                                "content_encoding",
                                                                                "base64")))
                                                .answers(400)
                                                .json();
                                assertThat(refusal)
                                        .isEqualTo(
                                                invalid(
                                                        "invalid_input",
                                                        "Invalid base64 content",
                                                        "artifacts__0__content"));
                            }
                        }));
    }

    @TestFactory
    Stream<DynamicTest> a_hostile_name_is_kept(Api api) {
        return Stream.of(
                        "${filename}",
                        "a${filename}.txt",
                        "${",
                        "a$b{c}.txt",
                        "..",
                        "...",
                        "a%2f..%2fb",
                        "a?b#c&d=e+f;g.txt",
                        "a\"b'c<d>.txt",
                        "na\u00efve \u65e5\u672c \ud83d\ude00.txt",
                        "-rf",
                        "a\ufffeb",
                        "x".repeat(255))
                .map(name ->
                        rule(
                                name(name),
                                () -> {
                                    var run = api.run();
                                    var kept = upload(api, run, artifact(name, "text/plain"));
                                    assertThat(kept.path("name").asText())
                                            .isEqualTo(
                                                    name.replace("\ufffe", "")
                                                            .substring(
                                                                    0,
                                                                    Math.min(
                                                                            kept.path("name")
                                                                                    .asText()
                                                                                    .length(),
                                                                            name.length())));
                                    var downloaded = download(api, run, kept);
                                    assertThat(downloaded.text()).isEqualTo("a");
                                    assertThat(presigned(api, run, kept).statusCode())
                                            .isEqualTo(200);
                                    assertThat(uploadByForm(api, run, name, "text/plain", "b"))
                                            .isEqualTo("b");
                                }));
    }

    @TestFactory
    Stream<DynamicTest> a_text_in_utf_8_says_so_where_it_is_served(Api api) {
        var text = "na\u00efve \u65e5\u672c\n";
        var utf8 = text.getBytes(StandardCharsets.UTF_8);
        var latin = "na\u00efve".getBytes(StandardCharsets.ISO_8859_1);
        return Stream.of(
                served(api, "a.md", "text/markdown", utf8, "text/markdown; charset=utf-8"),
                served(api, "a.md", "", utf8, "text/markdown; charset=utf-8"),
                served(api, "a.txt", "", utf8, "text/plain; charset=utf-8"),
                served(api, "a.txt", "text/plain", utf8, "text/plain; charset=utf-8"),
                served(api, "a", "text/plain;", utf8, "text/plain; charset=utf-8"),
                served(
                        api,
                        "a.csv",
                        "Text/CSV; header=present",
                        utf8,
                        "Text/CSV; header=present; charset=utf-8"),
                served(api, "a.txt", "text/plain", latin, "text/plain"),
                served(api, "a.md", "", latin, "text/markdown"),
                served(
                        api,
                        "a.txt",
                        "text/plain; charset=utf-16",
                        utf8,
                        "text/plain; charset=utf-16"),
                served(api, "a.json", "application/json", utf8, "application/json"),
                served(api, "a.bin", "", utf8, "application/octet-stream"));
    }

    private static DynamicTest served(
            Api api, String name, String type, byte[] content, String expected) {
        return rule(
                name + " of type \"" + type + "\" is " + expected,
                () -> {
                    var run = api.run();
                    var inline =
                            upload(
                                    api,
                                    run,
                                    artifact(name, type)
                                            .put("content", content)
                                            .put("content_encoding", "base64"));
                    var byForm = finalized(api, run, name, type, content);
                    for (var kept : List.of(inline, byForm)) {
                        assertThat(kept.path("content_type").asText()).isEqualTo(type);
                        assertThat(download(api, run, kept).header("Content-Type"))
                                .isEqualTo(expected);
                        var presigned = presigned(api, run, kept);
                        assertThat(
                                        presigned
                                                .headers()
                                                .firstValue("Content-Type")
                                                .orElse("")
                                                .replace(" ", ""))
                                .isEqualTo(expected.replace(" ", ""));
                        assertThat(presigned.body()).isEqualTo(content);
                    }
                });
    }

    private static void refusedSchema(Call call) {
        var start = Instant.now();
        var refusal = call.answers(400).json();
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(4));
        assertThat(refusal.path("attr").asText()).isEqualTo("json_schema");
        assertThat(refusal.path("code").asText()).isEqualTo("invalid_input");
        assertThat(refusal.path("detail").asText()).startsWith("Not a usable JSON Schema: ");
    }

    /// The path of a new task with a schema.
    private static String task(Api api, String schema) {
        return "/tasks/"
                + api.post("/tasks/")
                        .json("{'json_schema': " + schema + "}")
                        .answers(201)
                        .json("id")
                        .asText();
    }

    /// The message of the refusal, or an empty string.
    private static String output(Api api, String task, String body, int status) {
        return api.patch(api.run(task) + "/set_output/")
                .json(body)
                .answers(status)
                .json("error")
                .asText();
    }

    private static ObjectNode artifact(String name, String type) {
        return Json.tree("{'type': 'output', 'content': 'a', 'size': 1}")
                .put("name", name)
                .put("content_type", type)
                .put("id", "0".repeat(32))
                .put("storage_path", "x");
    }

    private static JsonNode artifacts(JsonNode artifact) {
        return Json.tree("{}").set("artifacts", Json.array(artifact));
    }

    /// The manifest entry of a new artifact.
    private static JsonNode upload(Api api, String run, JsonNode artifact) {
        var manifest =
                api.post(run + "/artifacts/")
                        .json(artifacts(artifact))
                        .answers(200)
                        .json("artifacts");
        return manifest.path(manifest.size() - 1);
    }

    private static Answer download(Api api, String run, JsonNode kept) {
        return api.post(run + "/artifacts/download/")
                .json(Json.tree("{}").set("storage_path", kept.path("storage_path")))
                .answers(200);
    }

    private static HttpResponse<byte[]> presigned(Api api, String run, JsonNode kept)
            throws IOException, InterruptedException {
        var url =
                api.post(run + "/artifacts/presign/")
                        .json(Json.tree("{}").set("storage_path", kept.path("storage_path")))
                        .answers(200)
                        .json("url")
                        .asText();
        return api.http()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray());
    }

    /// Uploads a file with a form, and returns its content from the download.
    private static String uploadByForm(
            Api api, String run, String name, String type, String content)
            throws IOException, InterruptedException {
        var kept = finalized(api, run, name, type, content.getBytes(StandardCharsets.UTF_8));
        return download(api, run, kept).text();
    }

    private static JsonNode finalized(Api api, String run, String name, String type, byte[] content)
            throws IOException, InterruptedException {
        var wanted = artifact(name, type).put("size", content.length);
        var prepared =
                api.post(run + "/artifacts/prepare_upload/")
                        .json(artifacts(wanted))
                        .answers(200)
                        .json("artifacts")
                        .path(0);
        assertThat(post(api, prepared.path("presigned_post"), content)).isBetween(200, 204);
        wanted.set("id", prepared.path("id"));
        wanted.set("storage_path", prepared.path("storage_path"));
        return api.post(run + "/artifacts/finalize_upload/")
                .json(artifacts(wanted))
                .answers(200)
                .json("artifacts")
                .path(0);
    }

    private static int post(Api api, JsonNode form, byte[] content)
            throws IOException, InterruptedException {
        var boundary = "nightshift-boundary";
        var parts = new ArrayList<byte[]>();
        for (var field : form.path("fields").properties()) {
            parts.add(
                    "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                            .formatted(boundary, field.getKey(), field.getValue().asText())
                            .getBytes(StandardCharsets.UTF_8));
        }
        parts.add(
                "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"own.txt\"\r\n\r\n"
                        .formatted(boundary)
                        .getBytes(StandardCharsets.UTF_8));
        parts.add(content);
        parts.add("\r\n--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.UTF_8));
        var request =
                HttpRequest.newBuilder(URI.create(form.path("url").asText()))
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(BodyPublishers.ofByteArrays(parts))
                        .build();
        return api.http().send(request, BodyHandlers.discarding()).statusCode();
    }

    /// Shortens a text and makes it printable, for the name of a test.
    private static String name(String text) {
        var printable = text.replaceAll("[^ -~]", "?");
        return printable.substring(0, Math.min(60, printable.length()));
    }
}
