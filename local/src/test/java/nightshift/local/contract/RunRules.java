package nightshift.local.contract;

import static nightshift.local.contract.Rules.UNKNOWN_ID;
import static nightshift.local.contract.Rules.answered;
import static nightshift.local.contract.Rules.blank;
import static nightshift.local.contract.Rules.error;
import static nightshift.local.contract.Rules.invalid;
import static nightshift.local.contract.Rules.noChoice;
import static nightshift.local.contract.Rules.noList;
import static nightshift.local.contract.Rules.notFound;
import static nightshift.local.contract.Rules.nothing;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.required;
import static nightshift.local.contract.Rules.rule;
import static nightshift.local.contract.Rules.tooLong;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Sections 3.7 to 3.9 and 5.1 to 5.5: tasks, runs, logs, artifacts.
abstract class RunRules {
    @TestFactory
    Stream<DynamicTest> a_bad_body_is_400_before_the_run_is_looked_up(Api api) {
        var run = "/tasks/" + UNKNOWN_ID + "/runs/" + UNKNOWN_ID;
        var log = run + "/append_log/";
        var upload = run + "/artifacts/";
        var rows = new ArrayList<DynamicTest>();
        rows.add(
                refused(
                        "PATCH status",
                        api.patch(run).json("{'status': 'zzz'}"),
                        400,
                        noChoice("zzz", "status")));
        rows.add(
                refused(
                        "PATCH null state",
                        api.patch(run).json("{'state': null}"),
                        400,
                        nothing("state")));
        rows.add(
                refused(
                        "PATCH blank branch",
                        api.patch(run).json("{'branch': ' '}"),
                        400,
                        blank("branch")));
        rows.add(
                refused(
                        "PATCH long stage",
                        api.patch(run).json("{'stage': '" + "x".repeat(101) + "'}"),
                        400,
                        tooLong(100, "stage")));
        rows.add(
                refused(
                        "PATCH environment",
                        api.patch(run).json("{'environment': 'cloud'}"),
                        400,
                        noChoice("cloud", "environment")));
        rows.add(
                refused(
                        "set_output without output",
                        api.patch(run + "/set_output/").json("{'x': 1}"),
                        400,
                        required("output")));
        rows.add(
                refused(
                        "set_output null",
                        api.patch(run + "/set_output/").json("{'output': null}"),
                        400,
                        nothing("output")));
        rows.add(
                refused(
                        "append_log without entries",
                        api.post(log).json("{}"),
                        400,
                        required("entries")));
        rows.add(
                refused(
                        "append_log of none",
                        api.post(log).json("{'entries': []}"),
                        400,
                        invalid("invalid_input", "At least one log entry is required", "entries")));
        rows.add(
                refused(
                        "append_log of an object",
                        api.post(log).json("{'entries': {'a': 1}}"),
                        400,
                        noList("dict", "entries")));
        rows.add(
                refused(
                        "append_log of a text",
                        api.post(log).json("{'entries': [{}, 'x']}"),
                        400,
                        invalid(
                                "not_a_dict",
                                "Expected a dictionary of items but got type \"str\".",
                                "entries__1")));
        rows.add(
                refused(
                        "presign without a path",
                        api.post(upload + "presign/").json("{}"),
                        400,
                        required("storage_path")));
        rows.add(
                refused(
                        "upload of none",
                        api.post(upload).json("{'artifacts': []}"),
                        400,
                        invalid(
                                "invalid_input",
                                "At least one artifact is required",
                                "artifacts")));
        rows.add(
                refused(
                        "upload of an object",
                        api.post(upload).json("{'artifacts': {}}"),
                        400,
                        noList("dict", "artifacts__non_field_errors")));
        rows.add(
                refused(
                        "upload without a name",
                        api.post(upload).json("{'artifacts': [{'type': 'plan', 'content': ''}]}"),
                        400,
                        required("artifacts__0__name")));
        rows.add(
                refused(
                        "upload of an unknown type",
                        api.post(upload)
                                .json(
                                        "{'artifacts': [{'name': 'a', 'type': 'zzz', 'content': ''}]}"),
                        400,
                        noChoice("zzz", "artifacts__0__type")));
        rows.add(
                refused(
                        "upload of bad base64",
                        api.post(upload)
                                .json(
                                        "{'artifacts': [{'name': 'a', 'type': 'plan', 'content': '%', 'content_encoding': 'base64'}]}"),
                        400,
                        invalid(
                                "invalid_input",
                                "Invalid base64 content",
                                "artifacts__0__content")));
        rows.add(
                refused(
                        "upload of a list",
                        api.post(upload)
                                .json(
                                        "{'artifacts': [{'name': 'a', 'type': 'plan', 'content': []}]}"),
                        400,
                        invalid("invalid_input", "Not a valid string.", "artifacts__0__content")));
        rows.add(
                refused(
                        "upload of a null character",
                        api.post(upload)
                                .json(
                                        "{'artifacts': [{'name': 'a', 'type': 'plan', 'content': 'a\\u0000'}]}"),
                        400,
                        invalid(
                                "null_characters_not_allowed",
                                "Null characters are not allowed.",
                                "artifacts__0__content")));
        rows.add(
                refused(
                        "prepare_upload of nothing",
                        api.post(upload + "prepare_upload/")
                                .json("{'artifacts': [{'name': 'a', 'type': 'plan', 'size': 0}]}"),
                        400,
                        invalid(
                                "min_value",
                                "Ensure this value is greater than or equal to 1.",
                                "artifacts__0__size")));
        rows.add(
                refused(
                        "prepare_upload of too much",
                        api.post(upload + "prepare_upload/")
                                .json(
                                        "{'artifacts': [{'name': 'a', 'type': 'plan', 'size': 31457281}]}"),
                        400,
                        invalid(
                                "max_value",
                                "Ensure this value is less than or equal to 31457280.",
                                "artifacts__0__size")));
        rows.add(
                refused(
                        "session_logs with a bad limit",
                        api.get(run + "/session_logs/?limit=x"),
                        400,
                        invalid("invalid_input", "A valid integer is required.", "limit")));
        rows.add(
                refused(
                        "a good body on an unknown task",
                        api.post(log).json("{'entries': [{}]}"),
                        404,
                        notFound("Task not found")));
        rows.add(
                refused(
                        "an unknown run of a task",
                        api.get("/tasks/" + api.task().path("id").asText() + "/runs/" + UNKNOWN_ID),
                        404,
                        notFound()));
        for (var gone :
                List.of(
                        "start",
                        "resume_in_cloud",
                        "command",
                        "connection_token",
                        "stream",
                        "relay_message")) {
            rows.add(
                    refused(
                            "5.5: " + gone,
                            api.post(run + "/" + gone + "/"),
                            404,
                            notFound("Endpoint not found.")));
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_run_is_changed(Api api) {
        return Stream.of(
                rule(
                        "a run answers its 14 keys, in order",
                        () ->
                                assertThat(api.get(api.run()).answers(200).json().fieldNames())
                                        .toIterable()
                                        .containsExactly(
                                                "id",
                                                "task",
                                                "stage",
                                                "branch",
                                                "status",
                                                "environment",
                                                "log_url",
                                                "error_message",
                                                "output",
                                                "state",
                                                "artifacts",
                                                "created_at",
                                                "updated_at",
                                                "completed_at")),
                rule(
                        "output and state are merged, other values replaced",
                        () -> {
                            var run = api.run();
                            api.patch(run)
                                    .json(
                                            "{'output': {'a': 1, 'b': {'c': 2}}, 'state': {'x': 1, 'sandbox_id': 's'}}")
                                    .answers(200);
                            var merged =
                                    api.patch(run)
                                            .json(
                                                    "{'output': {'b': 3}, 'state': {'y': 2}, 'state_remove_keys': ['x', 'mode']}")
                                            .answers(200)
                                            .json();
                            assertThat(merged.path("output"))
                                    .isEqualTo(Json.any("{'a': 1, 'b': 3}"));
                            assertThat(merged.path("state")).isEqualTo(Json.any("{'y': 2}"));
                            var replaced =
                                    api.patch(run).json("{'output': [1]}").answers(200).json();
                            assertThat(replaced.path("output")).isEqualTo(Json.any("[1]"));
                        }),
                rule(
                        "the first terminal status sets completed_at, nothing clears it",
                        () -> {
                            var run = api.run();
                            var ended =
                                    api.patch(run).json("{'status': 'failed'}").answers(200).json();
                            assertThat(ended.path("completed_at").isTextual()).isTrue();
                            var again =
                                    api.patch(run)
                                            .json("{'status': 'in_progress'}")
                                            .answers(200)
                                            .json();
                            assertThat(again.path("completed_at"))
                                    .isEqualTo(ended.path("completed_at"));
                        }),
                rule(
                        "twenty writers of different keys of the state lose nothing",
                        () -> {
                            var run = api.run();
                            try (var threads = Executors.newFixedThreadPool(20)) {
                                var writes =
                                        IntStream.range(0, 20)
                                                .<Callable<Answer>>mapToObj(n ->
                                                        () ->
                                                                api.patch(run)
                                                                        .json(
                                                                                "{'state': {'k"
                                                                                        + n
                                                                                        + "': "
                                                                                        + n
                                                                                        + "}}")
                                                                        .answers(200))
                                                .toList();
                                for (var write : threads.invokeAll(writes))
                                    assertThat(write.get().status()).isEqualTo(200);
                            }
                            assertThat(api.get(run).answers(200).json().path("state").size())
                                    .isEqualTo(21);
                        }),
                rule(
                        "set_output replaces, and an empty body is an empty object",
                        () -> {
                            var run = api.run();
                            var set =
                                    api.patch(run + "/set_output/")
                                            .json("{'output': {'a': 1}}")
                                            .answers(200)
                                            .json();
                            assertThat(set.path("status").asText()).isEqualTo("queued");
                            var empty = api.patch(run + "/set_output").answers(200).json();
                            assertThat(empty.path("output")).isEqualTo(Json.any("{}"));
                            assertThat(
                                            api.patch(run + "/set_output")
                                                    .json("{'output': 'text'}")
                                                    .answers(200)
                                                    .json()
                                                    .path("output")
                                                    .asText())
                                    .isEqualTo("text");
                        }),
                rule(
                        "a schema is held against the output, which completes the run",
                        () -> {
                            var task =
                                    "/tasks/"
                                            + api.post("/tasks/")
                                                    .json(
                                                            "{'json_schema': {'type': 'object', 'required': ['b']}}")
                                                    .answers(201)
                                                    .json()
                                                    .path("id")
                                                    .asText();
                            var run = api.run(task);
                            var refused =
                                    api.patch(run + "/set_output/")
                                            .json("{'output': {'a': 1}}")
                                            .answers(400)
                                            .json();
                            assertThat(refused.path("error").asText())
                                    .startsWith("Output validation error: ");
                            var done =
                                    api.patch(run + "/set_output/")
                                            .json("{'output': {'b': 1}}")
                                            .answers(200)
                                            .json();
                            assertThat(done.path("status").asText()).isEqualTo("completed");
                            assertThat(done.path("completed_at").isNull()).isFalse();
                        }));
    }

    @TestFactory
    Stream<DynamicTest> tasks_are_kept(Api api) {
        return Stream.of(
                rule(
                        "numbers count from 0 and slugs name the project",
                        () -> {
                            var own = api.freshProject("Acme Corp Inc");
                            assertThat(own.task().path("slug").asText()).isEqualTo("ACI-0");
                            assertThat(own.task().path("task_number").asInt()).isEqualTo(1);
                        }),
                rule(
                        "a task without a title is called by its first line",
                        () -> {
                            var made =
                                    api.post("/tasks/")
                                            .json("{'description': '" + "word ".repeat(20) + "'}")
                                            .answers(201)
                                            .json();
                            assertThat(made.path("title").asText()).hasSize(60).endsWith("...");
                            assertThat(made.path("title_manually_set").asBoolean()).isFalse();
                        }),
                rule(
                        "a deleted task leaves list and retrieval; its runs stay",
                        () -> {
                            var task = "/tasks/" + api.task().path("id").asText();
                            var run = api.run(task);
                            api.delete(task).answers(204);
                            api.delete(task).answers(404);
                            api.get(task).answers(404);
                            api.get(run).answers(200);
                        }),
                rule(
                        "a run is started and shown as the latest",
                        () -> {
                            var task = "/tasks/" + api.task().path("id").asText();
                            var started = api.post(task + "/run/").answers(200).json();
                            assertThat(started.at("/latest_run/status").asText())
                                    .isEqualTo("queued");
                            assertThat(started.at("/latest_run/environment").asText())
                                    .isEqualTo("cloud");
                            var bad =
                                    api.post(task + "/run/")
                                            .json("{'resume_from_run_id': '" + UNKNOWN_ID + "'}")
                                            .answers(400)
                                            .json();
                            assertThat(bad)
                                    .isEqualTo(
                                            Json.any("{'detail': 'Invalid resume_from_run_id'}"));
                        }),
                answered(
                        "an unknown filter value finds none",
                        api.get("/tasks/?origin_product=slack"),
                        200,
                        "count",
                        "0"),
                refused(
                        "a bad created_by is 400",
                        api.get("/tasks/?created_by=x"),
                        400,
                        invalid("invalid_input", "A valid integer is required.", "created_by")));
    }

    @TestFactory
    Stream<DynamicTest> logs_keep_everything(Api api) {
        return Stream.of(
                rule(
                        "no log is 200 and empty",
                        () -> {
                            var log = api.get(api.run() + "/logs").answers(200);
                            assertThat(log.text()).isEmpty();
                            assertThat(log.header("Content-Type")).isEqualTo("application/jsonl");
                            assertThat(log.header("Cache-Control")).isEqualTo("no-cache");
                            assertThat(log.header("Server-Timing")).startsWith("s3_read;dur=");
                        }),
                rule(
                        "entries keep order and content; chunks are dropped",
                        () -> {
                            var run = api.run();
                            api.post(run + "/append_log/")
                                    .json(
                                            "{'entries': [{'n': 1.50}, {'notification': {'method': 'session/update', 'params': {'update': {'sessionUpdate': 'agent_message_chunk'}}}}, {'n': 2}]}")
                                    .answers(200);
                            api.post(run + "/append_log/")
                                    .json("{'entries': [{'n': 3}]}")
                                    .answers(200);
                            assertThat(
                                            api.get(run + "/logs/")
                                                    .answers(200)
                                                    .text()
                                                    .lines()
                                                    .map(line -> Json.any(line).path("n").asInt())
                                                    .toList())
                                    .containsExactly(1, 2, 3);
                        }),
                rule(
                        "a resumed run shows its ancestor's log first",
                        () -> {
                            var task = "/tasks/" + api.task().path("id").asText();
                            var first = api.run(task);
                            api.post(first + "/append_log/")
                                    .json("{'entries': [{'n': 1}]}")
                                    .answers(200);
                            var id = first.substring(first.lastIndexOf('/') + 1);
                            var second =
                                    task
                                            + "/runs/"
                                            + api.post(task + "/run/")
                                                    .json("{'resume_from_run_id': '" + id + "'}")
                                                    .answers(200)
                                                    .json()
                                                    .at("/latest_run/id")
                                                    .asText();
                            api.post(second + "/append_log/")
                                    .json("{'entries': [{'n': 2}]}")
                                    .answers(200);
                            assertThat(api.get(second + "/logs/").answers(200).text())
                                    .isEqualTo("{\"n\":1}\n{\"n\":2}\n");
                        }),
                rule(
                        "session_logs filters, pages and counts",
                        () -> {
                            var run = api.run();
                            var entries = new ArrayList<String>();
                            for (int n = 0; n < 5; n++)
                                entries.add(
                                        "{'timestamp': '2026-01-01T00:00:0"
                                                + n
                                                + "Z', 'notification': {'method': '_posthog/"
                                                + (n % 2 == 0 ? "console" : "progress")
                                                + "'}}");
                            api.post(run + "/append_log/")
                                    .json("{'entries': [" + String.join(",", entries) + "]}")
                                    .answers(200);
                            var page =
                                    api.get(
                                                    run
                                                            + "/session_logs/?event_types=_posthog/console&after=2026-01-01T00:00:00Z&limit=1")
                                            .answers(200);
                            assertThat(page.json().size()).isEqualTo(1);
                            assertThat(page.json().at("/0/timestamp").asText())
                                    .isEqualTo("2026-01-01T00:00:02Z");
                            assertThat(
                                            List.of(
                                                    page.header("X-Total-Count"),
                                                    page.header("X-Filtered-Count"),
                                                    page.header("X-Matching-Count"),
                                                    page.header("X-Has-More")))
                                    .containsExactly("5", "2", "2", "true");
                            var none = api.get(api.run() + "/session_logs/").answers(200);
                            assertThat(none.text()).isEqualTo("[]");
                            assertThat(none.header("X-Total-Count")).isEqualTo("0");
                        }),
                rule(
                        "log_url opens without a key, and with one character changed it does not",
                        () -> {
                            var run = api.run();
                            api.post(run + "/append_log/")
                                    .json("{'entries': [{'n': 1}]}")
                                    .answers(200);
                            var url = api.get(run).answers(200).json().path("log_url").asText();
                            assertThat(fetch(api, url)).isEqualTo("200 {\"n\":1}\n");
                            var last = url.charAt(url.length() - 1) == '0' ? '1' : '0';
                            assertThat(fetch(api, url.substring(0, url.length() - 1) + last))
                                    .startsWith("403 ");
                        }));
    }

    @TestFactory
    Stream<DynamicTest> artifacts_are_kept(Api api) {
        return Stream.of(
                rule(
                        "an upload answers the whole manifest, and is downloaded byte for byte",
                        () -> {
                            var run = api.run();
                            api.post(run + "/artifacts/")
                                    .json(
                                            "{'artifacts': [{'name': 'dir/../a b.txt', 'type': 'output', 'content': 'h\\u00e9llo\\n', 'content_type': 'text/plain'}]}")
                                    .answers(200);
                            var manifest =
                                    api.post(run + "/artifacts/")
                                            .json(
                                                    "{'artifacts': [{'name': 'b.bin', 'type': 'plan', 'content': 'AAEC', 'content_encoding': 'base64'}]}")
                                            .answers(200)
                                            .json();
                            assertThat(manifest.path("artifacts").findValuesAsText("name"))
                                    .containsExactly("a b.txt", "b.bin");
                            assertThat(manifest.at("/artifacts/0").fieldNames())
                                    .toIterable()
                                    .containsExactly(
                                            "id",
                                            "name",
                                            "type",
                                            "source",
                                            "size",
                                            "content_type",
                                            "storage_path",
                                            "uploaded_at");
                            assertThat(manifest.at("/artifacts/0/size").asInt()).isEqualTo(7);
                            var path = manifest.at("/artifacts/0/storage_path").asText();
                            var body = Json.tree("{}").put("storage_path", path);
                            var download =
                                    api.post(run + "/artifacts/download/").json(body).answers(200);
                            assertThat(download.text()).isEqualTo("h\u00e9llo\n");
                            assertThat(download.header("Content-Disposition"))
                                    .startsWith("attachment")
                                    .contains("a b.txt");
                            var signed =
                                    api.post(run + "/artifacts/presign/")
                                            .json(body)
                                            .answers(200)
                                            .json();
                            assertThat(signed.path("expires_in").asInt()).isEqualTo(3600);
                            assertThat(fetch(api, signed.path("url").asText()))
                                    .isEqualTo("200 h\u00e9llo\n");
                            assertThat(
                                            fetch(
                                                    api,
                                                    signed.path("url")
                                                            .asText()
                                                            .replace("a%20b.txt", "c.txt")))
                                    .startsWith("403 ");
                        }),
                rule(
                        "a number as content is its text, and space at the ends is kept",
                        () -> {
                            var run = api.run();
                            var manifest =
                                    api.post(run + "/artifacts/")
                                            .json(
                                                    "{'artifacts': [{'name': 'n', 'type': 'plan', 'content': 5}, {'name': 's', 'type': 'plan', 'content': ' x\\n'}]}")
                                            .answers(200)
                                            .json();
                            assertThat(manifest.at("/artifacts/0/size").asInt()).isEqualTo(1);
                            assertThat(manifest.at("/artifacts/1/size").asInt()).isEqualTo(3);
                        }),
                rule(
                        "a path of another run is not found on this one",
                        () -> {
                            var answer =
                                    api.post(api.run() + "/artifacts/presign/")
                                            .json("{'storage_path': 'elsewhere'}")
                                            .answers(404)
                                            .json();
                            assertThat(answer).isEqualTo(error("Artifact not found on this run"));
                        }),
                rule(
                        "a prepared upload is taken by storage itself, then finalized, twice without harm",
                        () -> {
                            var run = api.run();
                            var prepared =
                                    api.post(run + "/artifacts/prepare_upload/")
                                            .json(
                                                    "{'artifacts': [{'name': 'big.bin', 'type': 'output', 'size': 5}]}")
                                            .answers(200)
                                            .json()
                                            .at("/artifacts/0");
                            assertThat(api.get(run).answers(200).json().path("artifacts"))
                                    .isEmpty();
                            var finalize = Json.tree("{}");
                            finalize.putArray("artifacts")
                                    .addObject()
                                    .put("id", prepared.path("id").asText())
                                    .put("name", "big.bin")
                                    .put("type", "output")
                                    .put("storage_path", prepared.path("storage_path").asText());
                            assertThat(
                                            api.post(run + "/artifacts/finalize_upload/")
                                                    .json(finalize)
                                                    .answers(400)
                                                    .json())
                                    .isEqualTo(
                                            error("Artifact upload not found in object storage"));
                            assertThat(
                                            upload(
                                                    api,
                                                    prepared.path("presigned_post"),
                                                    "x".repeat(5 + 65_537)))
                                    .isGreaterThanOrEqualTo(400);
                            assertThat(upload(api, prepared.path("presigned_post"), "12345"))
                                    .isBetween(200, 204);
                            for (int times = 0; times < 2; times++) {
                                var manifest =
                                        api.post(run + "/artifacts/finalize_upload/")
                                                .json(finalize)
                                                .answers(200)
                                                .json()
                                                .path("artifacts");
                                assertThat(manifest).hasSize(1);
                                assertThat(manifest.at("/0/size").asInt()).isEqualTo(5);
                            }
                            finalize.withArray("artifacts")
                                    .addObject()
                                    .put("id", "0".repeat(32))
                                    .put("name", "x")
                                    .put("type", "output")
                                    .put("storage_path", "tasks/artifacts/team_1/other");
                            assertThat(
                                            api.post(run + "/artifacts/finalize_upload/")
                                                    .json(finalize)
                                                    .answers(400)
                                                    .json())
                                    .isEqualTo(
                                            error("Artifact storage path is invalid for this run"));
                            assertThat(api.get(run).answers(200).json().path("artifacts"))
                                    .hasSize(1);
                        }));
    }

    /// The status and body of a GET without a key.
    private static String fetch(Api api, String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).build();
        var answer = api.http().send(request, BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }

    /// The status of a form's upload.
    private static int upload(Api api, JsonNode form, String content)
            throws IOException, InterruptedException {
        var boundary = "nightshift-boundary";
        var body = new StringBuilder();
        for (var field : form.path("fields").properties()) {
            body.append(
                    "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                            .formatted(boundary, field.getKey(), field.getValue().asText()));
        }
        body.append(
                "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n%s\r\n--%1$s--\r\n"
                        .formatted(boundary, content));
        var request =
                HttpRequest.newBuilder(URI.create(form.path("url").asText()))
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .POST(BodyPublishers.ofString(body.toString()))
                        .build();
        return api.http().send(request, BodyHandlers.discarding()).statusCode();
    }
}
