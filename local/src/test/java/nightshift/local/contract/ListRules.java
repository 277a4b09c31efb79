package nightshift.local.contract;

import static nightshift.local.contract.Rules.answered;
import static nightshift.local.contract.Rules.invalid;
import static nightshift.local.contract.Rules.noBoolean;
import static nightshift.local.contract.Rules.noChoice;
import static nightshift.local.contract.Rules.noInteger;
import static nightshift.local.contract.Rules.notFound;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.rule;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Section 7.3: the lists across a project, and the key that reads them.
abstract class ListRules {
    private static final JsonNode NO_TIME =
            invalid(
                    "invalid_input",
                    "Datetime has wrong format. Use one of these formats instead:"
                            + " YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].",
                    "from");

    @TestFactory
    Stream<DynamicTest> automations_are_found_by_search_and_filters(Api api) {
        var project = api.freshProject("Filters");
        create(
                project,
                "'name': 'Alpha', 'prompt': 'Fix the Flaky tests', 'repository': 'acme/web'");
        create(
                project,
                "'name': 'beta', 'prompt': 'Bump', 'repository': 'acme/api', 'enabled': false");
        create(project, "'name': 'Gamma', 'prompt': 'Bump', 'repository': 'other/api'");
        return Stream.of(
                found(project, "", "Alpha beta Gamma"),
                found(project, "?search=FLAKY", "Alpha"),
                found(project, "?search=acme+bump", "beta"),
                found(project, "?search=alpha%20nothing", ""),
                found(project, "?search=%20", "Alpha beta Gamma"),
                found(project, "?enabled=true", "Alpha Gamma"),
                found(project, "?enabled=0", "beta"),
                found(project, "?enabled=", "Alpha beta Gamma"),
                found(project, "?repository=ACME/api", "beta"),
                found(project, "?repository=api", "beta Gamma"),
                found(project, "?repository=api&enabled=yes", "Gamma"),
                found(project, "?failing=true", ""),
                found(project, "?failing=false", "Alpha beta Gamma"),
                rule(
                        "count counts what matches, and the links keep the filter",
                        () -> {
                            for (var list : List.of("task_automations", "automation_states")) {
                                var page =
                                        project.get("/" + list + "/?search=bump&limit=1")
                                                .answers(200)
                                                .json();
                                assertThat(page.path("count").asInt()).isEqualTo(2);
                                assertThat(page.path("next").asText())
                                        .contains("limit=1&offset=1&search=bump");
                                assertThat(names(page)).isEqualTo("beta");
                            }
                        }),
                refused(
                        "enabled=maybe",
                        project.get("/task_automations/?enabled=maybe"),
                        400,
                        noBoolean("enabled")),
                refused(
                        "failing=2",
                        project.get("/automation_states/?failing=2"),
                        400,
                        noBoolean("failing")));
    }

    @TestFactory
    Stream<DynamicTest> a_failing_automation_is_found_and_seen(Api api) {
        var project = api.freshProject("Failing");
        var id = create(project, "'name': 'Broken'").path("id").asText();
        create(project, "'name': 'Never run'");
        var started = project.post("/task_automations/" + id + "/run/").answers(200).json();
        var runId = started.path("last_task_run_id").asText();
        var task = started.path("last_task_id").asText();
        return Stream.of(
                rule(
                        "the run that goes on is the current one",
                        () -> {
                            var state = first(project.get("/automation_states/?search=broken"));
                            assertThat(state.path("current_run"))
                                    .isEqualTo(
                                            Json.any(
                                                    "{'id': '%s', 'status': 'queued'}"
                                                            .formatted(runId)));
                            assertThat(state.path("description").asText())
                                    .isEqualTo("At 09:00 on Monday to Friday");
                            assertThat(state.path("recent")).isEmpty();
                            assertThat(state.path("next_run_at").asText()).endsWith("T09:00:00Z");
                            assertThat(state.path("failures_in_a_row").asInt()).isZero();
                            assertThat(state.path("paused_reason").isNull()).isTrue();
                            assertThat(state.path("sync").path("state").asText())
                                    .isIn("pending", "synced");
                        }),
                rule(
                        "the list of runs names its automation and who started it",
                        () -> {
                            var run = first(project.get("/task_runs/?automation=" + id));
                            assertThat(run.path("id").asText()).isEqualTo(runId);
                            assertThat(run.path("task").asText()).isEqualTo(task);
                            assertThat(run.path("task_title").asText()).isEqualTo("Broken");
                            assertThat(run.path("automation"))
                                    .isEqualTo(
                                            Json.any(
                                                    "{'id': '%s', 'name': 'Broken'}"
                                                            .formatted(id)));
                            assertThat(run.path("started_by").asText()).isEqualTo("contract (Ada)");
                            assertThat(run.path("attempt").asInt()).isEqualTo(1);
                            assertThat(run.path("duration_seconds").isNull()).isTrue();
                        }),
                rule(
                        "a failed run makes it failing",
                        () -> {
                            project.patch("/tasks/" + task + "/runs/" + runId + "/")
                                    .json("{'status': 'failed', 'error_message': 'no'}")
                                    .answers(200);
                            assertThat(names(project.get("/task_automations/?failing=true")))
                                    .isEqualTo("Broken");
                            assertThat(names(project.get("/automation_states/?failing=false")))
                                    .isEqualTo("Never run");
                            var run = first(project.get("/task_runs/?status=failed"));
                            assertThat(run.path("error_message").asText()).isEqualTo("no");
                            assertThat(run.path("duration_seconds").asDouble()).isPositive();
                            assertThat(
                                            first(project.get("/automation_states/?failing=1"))
                                                    .path("current_run")
                                                    .isNull())
                                    .isTrue();
                        }));
    }

    @TestFactory
    Stream<DynamicTest> runs_are_listed_newest_first_with_filters(Api api) {
        var project = api.freshProject("Runs");
        var one = task(project, "{'title': 'One', 'repository': 'acme/web'}");
        var two = task(project, "{'title': 'Two'}");
        var runs = new String[3];
        runs[0] = run(project, one);
        runs[1] = run(project, two);
        runs[2] = run(project, one);
        var middle =
                project.get("/tasks/" + two + "/runs/" + runs[1] + "/")
                        .answers(200)
                        .json()
                        .path("created_at")
                        .asText();
        project.patch("/tasks/" + two + "/runs/" + runs[1] + "/")
                .json("{'status': 'completed', 'output': {'a': 1}}")
                .answers(200);
        var all = "/task_runs/";
        return Stream.of(
                listed(project, all, runs[2], runs[1], runs[0]),
                listed(project, all + "?limit=1&offset=1", runs[1]),
                listed(project, all + "?repository=web", runs[2], runs[0]),
                listed(project, all + "?repository=acme/WEB&limit=1&offset=1", runs[0]),
                listed(project, all + "?status=completed", runs[1]),
                listed(project, all + "?status=", runs[2], runs[1], runs[0]),
                listed(project, all + "?automation=" + Rules.UNKNOWN_ID),
                listed(project, all + "?from=" + middle, runs[2], runs[1]),
                listed(project, all + "?to=" + middle, runs[1], runs[0]),
                listed(project, all + "?from=2100-01-01T00:00Z"),
                rule(
                        "a run of no automation has none, and shows its output",
                        () -> {
                            var run = first(project.get(all + "?status=completed"));
                            assertThat(run.path("automation").isNull()).isTrue();
                            assertThat(run.path("output")).isEqualTo(Json.any("{'a': 1}"));
                        }),
                rule(
                        "count counts what matches",
                        () ->
                                assertThat(
                                                project.get(all + "?repository=web&limit=1")
                                                        .answers(200)
                                                        .json("count")
                                                        .asInt())
                                        .isEqualTo(2)),
                refused(
                        "a bad status",
                        project.get(all + "?status=x"),
                        400,
                        noChoice("x", "status")),
                refused("a bad time", project.get(all + "?from=x"), 400, NO_TIME),
                refused(
                        "a bad automation",
                        project.get(all + "?automation=x"),
                        400,
                        invalid("invalid_input", "Must be a valid UUID.", "automation")));
    }

    @TestFactory
    Stream<DynamicTest> occurrences_of_a_project_are_listed(Api api) {
        var project = api.freshProject("Occurrences");
        var hourly = create(project, "'name': 'Hourly', 'cron_expression': '0 * * * *'");
        var other = create(project, "'name': 'Other', 'enabled': false");
        var id = hourly.path("id").asText();
        var hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
        fire(project, id, hour);
        fire(project, id, hour.minus(Duration.ofHours(2)));
        fire(project, other.path("id").asText(), hour);
        var all = "/occurrences/";
        var early = hour.minus(Duration.ofDays(3));
        return Stream.of(
                rule(
                        "each with its automation, newest first",
                        () -> {
                            var page = project.get(all).answers(200).json();
                            assertThat(page.path("count").asInt()).isEqualTo(3);
                            var automations =
                                    elements(page)
                                            .map(each ->
                                                    each.path("automation").path("name").asText())
                                            .toList();
                            assertThat(automations.subList(0, 2))
                                    .containsExactlyInAnyOrder("Hourly", "Other");
                            assertThat(automations.get(2)).isEqualTo("Hourly");
                            assertThat(
                                            elements(page)
                                                    .map(each ->
                                                            each.path("scheduled_at").asText()))
                                    .startsWith(hour.toString(), hour.toString());
                        }),
                counted(project, all + "?automation=" + id, 2),
                counted(project, all + "?status=paused", 1),
                counted(project, all + "?status=missed", 0),
                counted(project, all + "?from=" + hour, 2),
                counted(project, all + "?from=" + early + "&to=" + hour, 3),
                counted(project, all + "?from=" + early + "&to=" + early.plusSeconds(60), 0),
                rule(
                        "as in the automation's own list",
                        () -> {
                            var own =
                                    project.get("/task_automations/" + id + "/occurrences/")
                                            .answers(200)
                                            .json()
                                            .path("results");
                            var ours =
                                    project.get(all + "?automation=" + id)
                                            .answers(200)
                                            .json()
                                            .path("results");
                            for (int i = 0; i < 2; i++) {
                                var without = ((ObjectNode) ours.get(i)).deepCopy();
                                without.remove("automation");
                                assertThat(without).isEqualTo(own.get(i));
                            }
                        }),
                refused("a bad time", project.get(all + "?from=x"), 400, NO_TIME),
                refused(
                        "a bad status",
                        project.get(all + "?status=x"),
                        400,
                        noChoice("x", "status")),
                refused(
                        "more than 31 days",
                        project.get(all + "?from=2026-01-01T00:00Z&to=2026-02-01T00:01Z"),
                        400,
                        invalid("invalid_input", "Must be at most 31 days after from.", "to")),
                refused(
                        "backwards",
                        project.get(all + "?from=2026-01-02T00:00Z&to=2026-01-01T00:00Z"),
                        400,
                        invalid("invalid_input", "Must not be before from.", "to")));
    }

    @TestFactory
    Stream<DynamicTest> occurrences_to_come_are_computed(Api api) {
        var project = api.freshProject("Upcoming");
        create(
                project,
                "'name': 'Daily', 'cron_expression': '0 9 * * *', 'timezone': 'Asia/Kolkata'");
        create(project, "'name': 'Hourly', 'cron_expression': '30 * * * *'");
        create(project, "'name': 'Paused', 'cron_expression': '* * * * *', 'enabled': false");
        return Stream.of(
                rule(
                        "of the next 24 hours, the nearest first",
                        () -> {
                            var page = project.get("/upcoming/").answers(200).json();
                            assertThat(page.path("count").asInt()).isEqualTo(25);
                            assertThat(page.path("truncated").asBoolean()).isFalse();
                            assertThat(
                                            elements(page)
                                                    .map(each ->
                                                            each.path("scheduled_at").asText()))
                                    .isSorted();
                            assertThat(page.path("busiest").path("starts").asInt()).isEqualTo(2);
                            assertThat(page.path("busiest").path("scheduled_at").asText())
                                    .contains("T03:30:00Z");
                            assertThat(elements(page).map(each -> each.path("local").asText()))
                                    .anyMatch(local -> local.endsWith("T09:00:00+05:30"));
                        }),
                counted(project, "/upcoming/?hours=1", 1),
                counted(project, "/upcoming/?hours=168", 175),
                refused("no number", project.get("/upcoming/?hours=x"), 400, noInteger("hours")),
                refused(
                        "too few",
                        project.get("/upcoming/?hours=0"),
                        400,
                        invalid(
                                "min_value",
                                "Ensure this value is greater than or equal to 1.",
                                "hours")),
                refused(
                        "too many",
                        project.get("/upcoming/?hours=169"),
                        400,
                        invalid(
                                "max_value",
                                "Ensure this value is less than or equal to 168.",
                                "hours")),
                rule(
                        "at most 5,000",
                        () -> {
                            for (int i = 0; i < 4; i++) {
                                create(project, "'cron_expression': '* * * * *'");
                            }
                            var page = project.get("/upcoming/").answers(200).json();
                            assertThat(page.path("count").asInt()).isEqualTo(5_000);
                            assertThat(page.path("results")).hasSize(5_000);
                            assertThat(page.path("truncated").asBoolean()).isTrue();
                            assertThat(page.path("busiest").path("starts").asInt()).isEqualTo(6);
                        }));
    }

    @TestFactory
    Stream<DynamicTest> an_interval_without_a_minute_is_empty(Api api) {
        var project = api.freshProject("Night");
        var id = create(project, "'cron_expression': '* * * * *'").path("id").asText();
        project.post("/task_automations/" + id + "/run/").answers(200);
        var kept = Instant.now().minus(Duration.ofDays(2));
        return Stream.of(
                        "/task_runs/?from=2030-01-01T00:00:00Z&to=2029-01-01T00:00:00Z",
                        "/task_runs/?status=queued&from=%2B300000000-01-01T00:00:00Z",
                        "/task_runs/?to=-300000000-01-01T00:00:00Z",
                        "/occurrences/?from=2026-01-01T00:00:30Z&to=2026-01-01T00:00:45Z",
                        "/occurrences/?from=%2B300000000-01-01T00:00:00Z&to=%2B300000000-01-01T00:00:01Z",
                        "/occurrences/?to="
                                + kept.minusSeconds(60)
                                + "&from="
                                + kept.minusSeconds(61))
                .map(query ->
                        rule(
                                query.replaceAll("=20[^&]*", ""),
                                () ->
                                        assertThat(
                                                        project.get(query)
                                                                .answers(200)
                                                                .json("count")
                                                                .asInt())
                                                .isZero()));
    }

    @TestFactory
    Stream<DynamicTest> the_minute_of_the_cut_is_listed(Api api) {
        var project = api.freshProject("Night");
        create(project, "'cron_expression': '* * * * *'");
        var kept = Instant.now().minus(Duration.ofDays(2));
        return Stream.of(0, 1, 20, 40, 59)
                .map(seconds ->
                        answered(
                                "48 hours and " + seconds + " seconds ago",
                                project.get("/occurrences/?from=" + kept.minusSeconds(seconds)),
                                200));
    }

    @TestFactory
    Stream<DynamicTest> a_key_reads_what_it_is(Api api) {
        var project = api.freshProject("Mine");
        var key = project.newKey("'task:read'", "[" + project.project() + "]");
        return Stream.of(
                rule(
                        "the key of one project",
                        () -> {
                            var mine = api.get("/api/keys/@me").key(key).answers(200).json();
                            assertThat(mine.path("label").asText()).isEqualTo("contract");
                            assertThat(mine.path("scopes")).isEqualTo(Json.any("['task:read']"));
                            assertThat(mine.path("projects"))
                                    .isEqualTo(
                                            Json.any(
                                                    "[{'id': %d, 'name': 'Mine'}]"
                                                            .formatted(project.project())));
                            assertThat(mine.path("owner").path("email").asText())
                                    .isEqualTo("ada@example.com");
                        }),
                rule(
                        "a key of all projects",
                        () ->
                                assertThat(
                                                project.get("/api/keys/@me/")
                                                        .answers(200)
                                                        .json("projects")
                                                        .isNull())
                                        .isTrue()),
                answered("no key", api.get("/api/keys/@me").anonymous(), 401),
                answered("an unknown key", api.get("/api/keys/@me").key("phx_unknown"), 401),
                answered("HEAD", api.head("/api/keys/@me"), 200),
                answered("POST", api.post("/api/keys/@me"), 405),
                answered("POST without a key", api.post("/api/keys/@me").anonymous(), 401),
                refused("another key", api.get("/api/keys/x"), 404, notFound()));
    }

    private static DynamicTest found(Api project, String query, String names) {
        return rule(
                "'" + query + "' finds '" + names + "'",
                () -> {
                    for (var list : List.of("/task_automations/", "/automation_states/")) {
                        assertThat(names(project.get(list + query))).isEqualTo(names);
                    }
                });
    }

    private static DynamicTest listed(Api project, String path, String... ids) {
        return rule(
                path.replaceAll("[0-9a-f-]{36}", "ID"),
                () ->
                        assertThat(
                                        elements(project.get(path).answers(200).json())
                                                .map(each -> each.path("id").asText()))
                                .containsExactly(ids));
    }

    private static DynamicTest counted(Api project, String path, int count) {
        return rule(
                path.replaceAll("[0-9a-f-]{36}", "ID").replaceAll("20[0-9:TZ-]+", "TIME")
                        + " has "
                        + count,
                () ->
                        assertThat(project.get(path).answers(200).json("count").asInt())
                                .isEqualTo(count));
    }

    private static void fire(Api project, String automation, Instant minute) {
        project.operate(
                "FireTaskAutomation",
                "{\"project_id\": %d, \"automation_id\": \"%s\", \"scheduled_time\": \"%s\"}"
                        .formatted(project.project(), automation, minute));
    }

    private static JsonNode create(Api project, String changes) {
        return project.post("/task_automations/")
                .json(Json.automation("{" + changes + "}"))
                .answers(201)
                .json();
    }

    private static String task(Api project, String body) {
        return project.post("/tasks/").json(body).answers(201).json().path("id").asText();
    }

    private static String run(Api project, String task) {
        return project.post("/tasks/" + task + "/runs/").answers(201).json().path("id").asText();
    }

    private static JsonNode first(Call call) {
        return call.answers(200).json().path("results").path(0);
    }

    private static String names(Call call) {
        return names(call.answers(200).json());
    }

    private static String names(JsonNode page) {
        return String.join(" ", elements(page).map(each -> each.path("name").asText()).toList());
    }

    private static Stream<JsonNode> elements(JsonNode page) {
        return StreamSupport.stream(page.path("results").spliterator(), false);
    }
}
