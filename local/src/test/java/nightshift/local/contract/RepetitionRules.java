package nightshift.local.contract;

import static nightshift.local.contract.Json.AUTOMATION;
import static nightshift.local.contract.Rules.UNKNOWN_ID;
import static nightshift.local.contract.Rules.envelope;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// The rules for calls that are repeated and for edits that must not meet: `Idempotency-Key`,
/// `ETag` and `If-Match`.
abstract class RepetitionRules {
    private static final String KEY = "Idempotency-Key";

    @TestFactory
    Stream<DynamicTest> a_call_with_the_same_key_is_answered_as_before(Api api) {
        var task = "/tasks/" + api.task().path("id").asText();
        var automation = "/task_automations/" + api.automation().path("id").asText();
        return Stream.of(
                        api.post("/task_automations/").json(AUTOMATION),
                        api.post("/tasks/").json("{'title': 'Once'}"),
                        api.post(task + "/runs/").json("{'branch': 'once'}"),
                        api.post(task + "/run/").json("{'branch': 'once'}"),
                        api.post(automation + "/run/"),
                        api.post("/task_automations/").json("{'name': 'Incomplete'}"),
                        api.post("/tasks/" + UNKNOWN_ID + "/run"))
                .map(call ->
                        rule(
                                call.path(),
                                () -> {
                                    var keyed = call.header(KEY, UUID.randomUUID().toString());
                                    var first = keyed.send();
                                    var second = keyed.send();
                                    assertThat(first.status()).isLessThan(500);
                                    assertThat(second.status()).isEqualTo(first.status());
                                    assertThat(second.text()).isEqualTo(first.text());
                                    for (var header : List.of("ETag", "Content-Type")) {
                                        assertThat(second.header(header))
                                                .isEqualTo(first.header(header));
                                    }
                                }));
    }

    @TestFactory
    Stream<DynamicTest> a_key_stands_for_one_call(Api api) {
        var call = api.post("/tasks/").json("{'title': 'Once'}").header(KEY, newKey());
        call.answers(201);
        return Stream.of(
                refused(
                        "another body",
                        call.json("{'title': 'Twice'}"),
                        422,
                        envelope(
                                "invalid_request",
                                "idempotency_key_reused",
                                "This Idempotency-Key was used with another body.",
                                null)),
                rule(
                        "another path is another call",
                        () ->
                                api.post("/task_automations/")
                                        .json(AUTOMATION)
                                        .header(KEY, call.headers().get(KEY))
                                        .answers(201)),
                rule(
                        "the path without its last slash is the same",
                        () -> {
                            var key = newKey();
                            var body = "{'title': 'Slash'}";
                            var first = api.post("/tasks/").json(body).header(KEY, key);
                            var second = api.post("/tasks").json(body).header(KEY, key);
                            assertThat(second.answers(201).text())
                                    .isEqualTo(first.answers(201).text());
                        }),
                rule(
                        "another caller's key is another key",
                        () -> {
                            var other = api.in(api.project(), api.newKey("'*'", "null"));
                            var theirs =
                                    other.post("/tasks/")
                                            .json("{'title': 'Once'}")
                                            .header(KEY, call.headers().get(KEY));
                            assertThat(theirs.answers(201).json("id"))
                                    .isNotEqualTo(call.answers(201).json("id"));
                        }),
                rule(
                        "a refused caller leaves nothing",
                        () -> {
                            var key = newKey();
                            var refused =
                                    api.post("/tasks/")
                                            .key(api.readKey())
                                            .json("{'title': 'Refused'}")
                                            .header(KEY, key);
                            refused.answers(403);
                            refused.key(api.key()).answers(201);
                        }));
    }

    @TestFactory
    Stream<DynamicTest> a_key_is_1_to_255_visible_ascii_characters(Api api) {
        return Stream.of("", "two words", "x".repeat(256))
                .map(key ->
                        refused(
                                key.length() + " characters: " + key,
                                api.post("/tasks/").json("{'title': 'x'}").header(KEY, key),
                                400,
                                envelope(
                                        "validation_error",
                                        "invalid_input",
                                        "An Idempotency-Key has 1 to 255 visible ASCII characters.",
                                        KEY)));
    }

    @TestFactory
    Stream<DynamicTest> fifty_clients_with_one_key_create_one(Api api) {
        return Stream.of(
                rule(
                        "an automation",
                        () -> {
                            var name = "Fifty " + UUID.randomUUID();
                            var body = Json.automation("{'name': '" + name + "'}");
                            var call = api.post("/task_automations/").json(body);
                            assertOneCreated(call, 201);
                            assertThat(named(api, name)).hasSize(1);
                        }),
                rule(
                        "a run of an automation",
                        () -> {
                            var automation = api.automation();
                            var id = automation.path("id").asText();
                            assertOneCreated(api.post("/task_automations/" + id + "/run/"), 200);
                            var runs =
                                    "/tasks/" + automation.path("last_task_id").asText() + "/runs/";
                            assertThat(api.get(runs).answers(200).json("count").asInt())
                                    .isEqualTo(1);
                        }));
    }

    private static void assertOneCreated(Call call, int status) throws Exception {
        var keyed = call.header(KEY, newKey());
        var answers = atOnce(50, keyed::send);
        var done = answers.stream().filter(answer -> answer.status() == status).toList();
        assertThat(done).isNotEmpty();
        assertThat(done).extracting(Answer::text).containsOnly(done.getFirst().text());
        assertThat(answers)
                .filteredOn(answer -> answer.status() != status)
                .allSatisfy(answer -> {
                    assertThat(answer.status()).isEqualTo(409);
                    assertThat(answer.json("code").asText()).isEqualTo("conflict");
                });
        assertThat(keyed.answers(status).text()).isEqualTo(done.getFirst().text());
    }

    private static List<JsonNode> named(Api api, String name) {
        var found = new ArrayList<JsonNode>();
        for (int offset = 0; ; offset += 1_000) {
            var page =
                    api.get("/task_automations/?limit=1000&offset=" + offset).answers(200).json();
            for (var automation : page.path("results")) {
                if (automation.path("name").asText().equals(name)) found.add(automation);
            }
            if (page.path("next").isNull()) return found;
        }
    }

    private static <T> List<T> atOnce(int times, Callable<T> action) throws Exception {
        var answers = new ArrayList<T>();
        try (var threads = Executors.newFixedThreadPool(times)) {
            var all = new ArrayList<Callable<T>>();
            for (int n = 0; n < times; n++) all.add(action);
            for (var answer : threads.invokeAll(all)) answers.add(answer.get());
        }
        return answers;
    }

    @TestFactory
    Stream<DynamicTest> an_edit_names_the_version_that_it_means(Api api) {
        var created = api.post("/task_automations/").json(AUTOMATION).answers(201);
        var path = "/task_automations/" + created.json("id").asText() + "/";
        var first = created.header("ETag");
        return Stream.of(
                rule(
                        "every answer with the automation has its ETag",
                        () -> {
                            assertThat(first).matches("\"[!#-~]+\"");
                            assertThat(api.get(path).answers(200).header("ETag")).isEqualTo(first);
                            assertThat(api.head(path).answers(200).header("ETag")).isEqualTo(first);
                        }),
                rule(
                        "a run does not change it",
                        () -> {
                            var run = api.post(path + "run/").answers(200);
                            assertThat(run.header("ETag")).isEqualTo(first);
                            assertThat(api.get(path).answers(200).header("ETag")).isEqualTo(first);
                        }),
                rule(
                        "an edit of this version changes it",
                        () -> {
                            var edited =
                                    api.patch(path)
                                            .json("{'name': 'Edited'}")
                                            .header("If-Match", first)
                                            .answers(200);
                            assertThat(edited.header("ETag")).isNotEqualTo(first);
                            assertThat(api.get(path).answers(200).header("ETag"))
                                    .isEqualTo(edited.header("ETag"));
                        }),
                rule(
                        "an edit of another version is refused before its body is read",
                        () -> {
                            var before = api.get(path).answers(200).text();
                            for (var body : List.of("{'name': 'Lost'}", "{'name': ''}")) {
                                var refused = api.patch(path).json(body).header("If-Match", first);
                                assertThat(refused.answers(412).json("code").asText())
                                        .isEqualTo("precondition_failed");
                            }
                            api.delete(path).header("If-Match", first).answers(412);
                            assertThat(api.get(path).answers(200).text()).isEqualTo(before);
                        }),
                rule(
                        "a star and one of several match",
                        () -> {
                            api.patch(path).json("{}").header("If-Match", "*").answers(200);
                            var now = api.get(path).answers(200).header("ETag");
                            var several = "\"none\", " + now;
                            api.patch(path).json("{}").header("If-Match", several).answers(200);
                        }),
                rule(
                        "what is not there is not found, whatever the version",
                        () ->
                                api.delete("/task_automations/" + UNKNOWN_ID)
                                        .header("If-Match", first)
                                        .answers(404)),
                rule(
                        "of many edits of one version one happens",
                        () -> {
                            var now = api.get(path).answers(200).header("ETag");
                            var edit =
                                    api.patch(path)
                                            .json("{'template_id': 'one'}")
                                            .header("If-Match", now);
                            assertThat(atOnce(10, edit::send))
                                    .extracting(Answer::status)
                                    .containsOnlyOnce(200)
                                    .containsOnly(200, 412);
                        }),
                rule(
                        "a deletion of this version happens",
                        () -> {
                            var now = api.get(path).answers(200).header("ETag");
                            api.delete(path).header("If-Match", now).answers(204);
                            api.get(path).answers(404);
                        }));
    }

    @TestFactory
    Stream<DynamicTest> a_policy_has_a_version_of_its_own(Api api) {
        var automation = "/task_automations/" + api.automation().path("id").asText();
        var path = automation + "/policy";
        return Stream.of(
                rule(
                        "an edit of the policy changes its version and not the automation's",
                        () -> {
                            var before = api.get(automation).answers(200).header("ETag");
                            var first = api.get(path).answers(200).header("ETag");
                            assertThat(first).matches("\"[!#-~]+\"");
                            var edit = api.patch(path).json("{'overlap': 'skip'}");
                            var edited = edit.header("If-Match", first).answers(200);
                            assertThat(edited.header("ETag")).isNotEqualTo(first);
                            assertThat(api.get(path).answers(200).header("ETag"))
                                    .isEqualTo(edited.header("ETag"));
                            assertThat(api.get(automation).answers(200).header("ETag"))
                                    .isEqualTo(before);
                            var late = api.patch(path).json("{'overlap': 'allow'}");
                            assertThat(
                                            late.header("If-Match", first)
                                                    .answers(412)
                                                    .json("code")
                                                    .asText())
                                    .isEqualTo("precondition_failed");
                            assertThat(api.get(path).answers(200).json("overlap").asText())
                                    .isEqualTo("skip");
                        }));
    }

    @TestFactory
    Stream<DynamicTest> a_preview_and_a_new_automation_warn_of_a_crowded_minute(Api api) {
        return Stream.of(
                rule(
                        "with the twenty-first automation",
                        () -> {
                            var project = api.freshProject("Crowd");
                            var preview =
                                    project.post("/task_automations/preview/")
                                            .json(
                                                    "{'cron_expression': '30 8 * * *', 'timezone':"
                                                            + " 'Europe/Berlin'}");
                            var daily =
                                    Json.automation(
                                            "{'cron_expression': '*/30 * * * *', 'timezone':"
                                                    + " 'UTC'}");
                            for (int n = 0; n < 19; n++) {
                                project.post("/task_automations/").json(daily).answers(201);
                            }
                            assertThat(preview.answers(200).text()).doesNotContain("crowded");
                            var twentieth = project.post("/task_automations/").json(daily);
                            assertThat(scheduleOf(twentieth, project)).doesNotContain("crowded");
                            assertThat(preview.answers(200).text()).contains("crowded");
                            assertThat(scheduleOf(twentieth, project)).contains("crowded");
                        }));
    }

    /// Creates an automation and answers what its schedule says.
    private static String scheduleOf(Call creation, Api project) {
        var id = creation.answers(201).json("id").asText();
        return project.get("/task_automations/" + id + "/schedule/").answers(200).text();
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }
}
