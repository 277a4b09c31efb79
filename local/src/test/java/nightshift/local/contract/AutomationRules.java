package nightshift.local.contract;

import static nightshift.local.contract.Rules.UNKNOWN_ID;
import static nightshift.local.contract.Rules.answered;
import static nightshift.local.contract.Rules.blank;
import static nightshift.local.contract.Rules.envelope;
import static nightshift.local.contract.Rules.invalid;
import static nightshift.local.contract.Rules.noBoolean;
import static nightshift.local.contract.Rules.noString;
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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Sections 3.1 to 3.6 and 4.1 to 4.4: automations, their fields, their order, their runs.
abstract class AutomationRules {
    private static final String ALL = "/task_automations/";
    private static final JsonNode NOT_FIVE_FIELDS =
            invalid(
                    "invalid_input",
                    "Only standard 5-field cron expressions are supported (minute hour day month"
                            + " weekday). Example: '0 9 * * 1-5'.",
                    "cron_expression");
    private static final JsonNode NOT_CRON =
            invalid(
                    "invalid_input",
                    "Invalid cron expression. Use standard 5-field cron syntax (e.g., '0 9 * *"
                            + " 1-5').",
                    "cron_expression");
    private static final JsonNode NOT_A_REPOSITORY =
            invalid(
                    "invalid_input",
                    "Repository must be in the format organization/repository",
                    "repository");

    @TestFactory
    Stream<DynamicTest> a_bad_field_is_refused_in_the_declared_order(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var field : List.of("name", "prompt", "repository", "cron_expression")) {
            rows.add(
                    create(
                            api,
                            "without " + field,
                            Json.automationWithout(field),
                            required(field)));
            rows.add(bad(api, field, "null", nothing(field)));
            rows.add(bad(api, field, "'  '", blank(field)));
            rows.add(bad(api, field, "true", noString(field)));
            rows.add(bad(api, field, "['x']", noString(field)));
            rows.add(bad(api, field, "{'x': 1}", noString(field)));
        }
        rows.add(create(api, "nothing at all", Json.tree("{}"), required("name")));
        rows.add(bad(api, "name", "'" + "x".repeat(256) + "'", tooLong(255, "name")));
        rows.add(
                bad(
                        api,
                        "name",
                        "'a\\u0000b'",
                        invalid(
                                "null_characters_not_allowed",
                                "Null characters are not allowed.",
                                "name")));
        for (var repository :
                List.of(
                        "shop",
                        "a/b/c",
                        "/shop",
                        "acme/",
                        "/",
                        "../secret",
                        "./secret",
                        "acme/..",
                        "acme/.",
                        "acme/.git",
                        "acme/..git",
                        "x@evil/..%2f..",
                        "acme/shop?x",
                        "acme/shop#x",
                        "acme /shop",
                        "acme/sh op",
                        "acme/\u00fcber",
                        "a\\\\b/c",
                        "https://github.com/acme/shop",
                        "git@github.com:acme/shop")) {
            rows.add(bad(api, "repository", "'" + repository + "'", NOT_A_REPOSITORY));
        }
        for (var cron : List.of("@daily", "0 9 * *", "0 0 9 * * *", "x")) {
            rows.add(bad(api, "cron_expression", "'" + cron + "'", NOT_FIVE_FIELDS));
        }
        for (var cron :
                List.of(
                        "60 9 * * *",
                        "0 24 * * *",
                        "0 0 32 * *",
                        "0 0 0 * *",
                        "0 0 * 13 *",
                        "0 0 * * 8",
                        "*/0 * * * *",
                        "1,,2 * * * *",
                        "1, * * * *",
                        "-1 * * * *",
                        "a * * * *",
                        "H * * * *",
                        "0 0 L * *",
                        "0 0 * * 5#3",
                        "0 0 15W * *",
                        "0 0 31 2 *")) {
            rows.add(bad(api, "cron_expression", "'" + cron + "'", NOT_CRON));
        }
        for (var zone :
                List.of("UTC+99", "europe/london", "Z", "+02:00", "UTC+9", "SystemV/EST5")) {
            rows.add(
                    bad(
                            api,
                            "timezone",
                            "'" + zone + "'",
                            invalid(
                                    "invalid_input",
                                    "'" + zone + "' is not a valid IANA timezone.",
                                    "timezone")));
        }
        rows.add(bad(api, "timezone", "null", nothing("timezone")));
        rows.add(bad(api, "timezone", "''", blank("timezone")));
        rows.add(bad(api, "template_id", "'" + "x".repeat(256) + "'", tooLong(255, "template_id")));
        rows.add(bad(api, "enabled", "null", nothing("enabled")));
        for (var flag : List.of("''", "'null'", "2", "[]", "'maybe'")) {
            rows.add(bad(api, "enabled", flag, noBoolean("enabled")));
        }
        rows.add(
                bad(
                        api,
                        "github_integration",
                        "999",
                        invalid(
                                "does_not_exist",
                                "Invalid pk \"999\" - object does not exist.",
                                "github_integration")));
        rows.add(
                bad(
                        api,
                        "github_integration",
                        "true",
                        invalid(
                                "incorrect_type",
                                "Incorrect type. Expected pk value, received bool.",
                                "github_integration")));
        rows.add(
                rule(
                        "a prompt of more than 64 KiB is refused",
                        () ->
                                assertThat(
                                                api.post(ALL)
                                                        .json(
                                                                Json.automation("{}")
                                                                        .put(
                                                                                "prompt",
                                                                                "x"
                                                                                        .repeat(
                                                                                                (64
                                                                                                                << 10)
                                                                                                        + 1)))
                                                        .answers(400)
                                                        .json()
                                                        .path("code")
                                                        .asText())
                                        .isEqualTo("max_length")));
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_field_is_coerced(Api api) {
        return Stream.of(
                accepted(api, "name", "5", "'5'"),
                accepted(api, "name", "'  Nightly \\n'", "'Nightly'"),
                accepted(api, "repository", "' Acme/Shop '", "'acme/shop'"),
                accepted(api, "repository", "'Acme/Shop.git'", "'acme/shop'"),
                accepted(api, "repository", "'acme/Shop.GIT.git'", "'acme/shop'"),
                accepted(api, "repository", "'A-1.b_c/..x.y-_z'", "'a-1.b_c/..x.y-_z'"),
                accepted(api, "repository", "'acme.git/shop'", "'acme.git/shop'"),
                accepted(api, "cron_expression", "' */15  * * * * '", "'*/15  * * * *'"),
                accepted(api, "cron_expression", "'0 22-6 * * FRI-MON'", "'0 22-6 * * FRI-MON'"),
                accepted(api, "cron_expression", "'*/61 ? * jan 7'", "'*/61 ? * jan 7'"),
                accepted(api, "timezone", "'Asia/Kathmandu'", "'Asia/Kathmandu'"),
                accepted(api, "template_id", "''", "''"),
                accepted(api, "template_id", "null", "null"),
                accepted(api, "template_id", "7", "'7'"),
                accepted(api, "enabled", "'OFF'", "false"),
                accepted(api, "enabled", "0", "false"),
                accepted(api, "enabled", "'yes'", "true"),
                accepted(api, "github_integration", "''", "null"),
                accepted(api, "id", "'ignored'", null),
                accepted(api, "last_run_status", "'success'", "null"));
    }

    @TestFactory
    Stream<DynamicTest> an_automation_is_created_changed_and_deleted(Api api) {
        return Stream.of(
                rule(
                        "a creation answers the 16 keys, in order, with their defaults",
                        () -> {
                            var made = api.automation();
                            assertThat(made.fieldNames())
                                    .toIterable()
                                    .containsExactly(
                                            "id",
                                            "name",
                                            "prompt",
                                            "repository",
                                            "github_integration",
                                            "cron_expression",
                                            "timezone",
                                            "template_id",
                                            "enabled",
                                            "last_run_at",
                                            "last_run_status",
                                            "last_task_id",
                                            "last_task_run_id",
                                            "last_error",
                                            "created_at",
                                            "updated_at");
                            assertThat(made.path("timezone").asText()).isEqualTo("UTC");
                            assertThat(made.path("enabled").asBoolean()).isTrue();
                            assertThat(made.path("last_task_id").asText()).hasSize(36);
                            assertThat(made.path("created_at").asText())
                                    .matches(
                                            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{6})?Z");
                        }),
                rule(
                        "its task carries the same words",
                        () -> {
                            var made = api.automation();
                            var task =
                                    api.get("/tasks/" + made.path("last_task_id").asText())
                                            .answers(200)
                                            .json();
                            assertThat(task.path("title")).isEqualTo(made.path("name"));
                            assertThat(task.path("description")).isEqualTo(made.path("prompt"));
                            assertThat(task.path("origin_product").asText())
                                    .isEqualTo("automation");
                            assertThat(task.path("title_manually_set").asBoolean()).isFalse();
                        }),
                rule(
                        "a form-encoded PATCH, as curl sends it, changes one field",
                        () -> {
                            var made = api.automation();
                            var path = ALL + made.path("id").asText() + "/";
                            var changed =
                                    api.patch(path)
                                            .form("name=Other+name&enabled=false")
                                            .answers(200)
                                            .json();
                            assertThat(changed.path("name").asText()).isEqualTo("Other name");
                            assertThat(changed.path("enabled").asBoolean()).isFalse();
                            assertThat(changed.path("prompt")).isEqualTo(made.path("prompt"));
                            assertThat(api.get(path).answers(200).json()).isEqualTo(changed);
                        }),
                rule(
                        "an absent enabled in a form is true",
                        () ->
                                assertThat(
                                                api.post(ALL)
                                                        .form(
                                                                "name=n&prompt=p&repository=a/b&cron_expression=0+9+*+*+*")
                                                        .answers(201)
                                                        .json()
                                                        .path("enabled")
                                                        .asBoolean())
                                        .isTrue()),
                rule(
                        "an empty PATCH moves updated_at alone",
                        () -> {
                            var made = api.automation();
                            var changed =
                                    api.patch(ALL + made.path("id").asText())
                                            .json("{}")
                                            .answers(200)
                                            .json();
                            assertThat(changed.path("updated_at").asText())
                                    .isGreaterThan(made.path("updated_at").asText());
                            assertThat(changed.path("name")).isEqualTo(made.path("name"));
                        }),
                rule(
                        "a bad PATCH changes nothing",
                        () -> {
                            var made = api.automation();
                            var path = ALL + made.path("id").asText();
                            api.patch(path)
                                    .json("{'name': 'New', 'timezone': 'Mars'}")
                                    .answers(400);
                            assertThat(api.get(path).answers(200).json()).isEqualTo(made);
                        }),
                refused(
                        "an unknown automation is 404 before its body is looked at",
                        api.patch(ALL + UNKNOWN_ID).json("{'name': null}"),
                        404,
                        notFound()),
                refused("an id that is no UUID is 404", api.get(ALL + "7"), 404, notFound()),
                rule(
                        "a DELETE answers nothing, the second one 404; the task stays",
                        () -> {
                            var made = api.automation();
                            var path = ALL + made.path("id").asText();
                            assertThat(api.delete(path).answers(204).text()).isEmpty();
                            api.delete(path).answers(404);
                            api.get(path).answers(404);
                            api.get("/tasks/" + made.path("last_task_id").asText()).answers(200);
                        }),
                rule(
                        "a PUT is 405",
                        () -> api.call("PUT", ALL + UNKNOWN_ID).json("{}").answers(405)));
    }

    @TestFactory
    Stream<DynamicTest> a_run_is_started_by_hand(Api api) {
        return Stream.of(
                rule(
                        "whatever the body, two calls make two runs",
                        () -> {
                            var id = api.automation().path("id").asText();
                            var first =
                                    api.post(ALL + id + "/run/")
                                            .body("{broken", "application/json")
                                            .answers(200)
                                            .json();
                            var second = api.post(ALL + id + "/run").answers(200).json();
                            assertThat(first.path("last_run_status").asText()).isEqualTo("running");
                            assertThat(second.path("last_task_run_id"))
                                    .isNotEqualTo(first.path("last_task_run_id"));
                            var runs =
                                    api.get(
                                                    "/tasks/"
                                                            + second.path("last_task_id").asText()
                                                            + "/runs/")
                                            .answers(200)
                                            .json();
                            assertThat(runs.path("count").asInt()).isEqualTo(2);
                            assertThat(runs.at("/results/0/id"))
                                    .isEqualTo(second.path("last_task_run_id"));
                            assertThat(runs.at("/results/0/status").asText()).isEqualTo("queued");
                            assertThat(runs.at("/results/0/environment").asText())
                                    .isEqualTo("cloud");
                            assertThat(runs.at("/results/0/state"))
                                    .isEqualTo(
                                            Json.any(
                                                    "{'mode': 'background', 'automation_id': '"
                                                            + id
                                                            + "'}"));
                        }),
                rule(
                        "the status follows the last run, the error any failed one",
                        () -> {
                            var id = api.automation().path("id").asText();
                            var old = run(api.post(ALL + id + "/run/").answers(200).json());
                            var last = run(api.post(ALL + id + "/run/").answers(200).json());
                            api.patch(last).json("{'status': 'completed'}").answers(200);
                            assertThat(state(api, id)).isEqualTo("success null");
                            api.patch(old)
                                    .json("{'status': 'failed', 'error_message': 'boom'}")
                                    .answers(200);
                            assertThat(state(api, id)).isEqualTo("success boom");
                            api.patch(last).json("{'status': 'cancelled'}").answers(200);
                            assertThat(state(api, id)).isEqualTo("failed null");
                            api.post(ALL + id + "/run/").answers(200);
                            assertThat(state(api, id)).isEqualTo("running null");
                        }),
                answered(
                        "an unknown automation is 404", api.post(ALL + UNKNOWN_ID + "/run/"), 404));
    }

    @TestFactory
    Stream<DynamicTest> a_list_is_walked_page_by_page(Api api) {
        return Stream.of(
                rule(
                        "in order, each once, forwards by next and backwards by previous",
                        () -> {
                            var own = api.freshProject("Pages");
                            for (int i = 0; i < 23; i++) {
                                var name = (i % 2 == 0 ? "a" : "B") + i / 4;
                                own.post(ALL)
                                        .json(Json.automation("{'name': '" + name + "'}"))
                                        .answers(201);
                            }
                            var whole = own.get(ALL).answers(200).json();
                            assertThat(whole.path("count").asInt()).isEqualTo(23);
                            assertThat(whole.path("next").isNull()).isTrue();
                            assertThat(whole.path("previous").isNull()).isTrue();
                            var names = whole.path("results").findValuesAsText("name");
                            assertThat(names).isSortedAccordingTo(String.CASE_INSENSITIVE_ORDER);
                            var ids = whole.path("results").findValuesAsText("id");
                            var forwards = new ArrayList<String>();
                            var page = own.get(ALL + "?limit=7&x=%C3%A9").answers(200).json();
                            while (true) {
                                forwards.addAll(page.path("results").findValuesAsText("id"));
                                if (page.path("next").isNull()) break;
                                assertThat(page.path("next").asText())
                                        .startsWith(own.url(ALL) + "?limit=7&offset=")
                                        .endsWith("&x=%C3%A9");
                                page = own.get(below(own, page.path("next"))).answers(200).json();
                            }
                            assertThat(forwards).isEqualTo(ids);
                            assertThat(page.path("previous").asText()).contains("offset=14");
                            while (!page.path("previous").isNull()) {
                                page =
                                        own.get(below(own, page.path("previous")))
                                                .answers(200)
                                                .json();
                            }
                            assertThat(page.path("results").findValuesAsText("id"))
                                    .isEqualTo(ids.subList(0, 7));
                        }),
                rule(
                        "a limit or offset that makes no sense is the default",
                        () -> {
                            for (var query :
                                    List.of(
                                            "limit=0",
                                            "limit=-1",
                                            "limit=x",
                                            "limit=1.5",
                                            "offset=-3",
                                            "offset=x")) {
                                var page = api.get(ALL + "?" + query).answers(200).json();
                                assertThat(page.path("previous").isNull()).as(query).isTrue();
                            }
                        }),
                rule(
                        "an offset past the end is an empty page with the real count",
                        () -> {
                            var page = api.get(ALL + "?offset=100000").answers(200).json();
                            assertThat(page.path("results")).isEmpty();
                            assertThat(page.path("count").asInt()).isPositive();
                            assertThat(page.path("previous").asText()).contains("offset=99900");
                        }),
                refused(
                        "an unknown status of an occurrence is 400",
                        api.get(ALL + UNKNOWN_ID + "/occurrences/?status=zzz"),
                        400,
                        invalid("invalid_choice", "\"zzz\" is not a valid choice.", "status")),
                refused(
                        "a body that cannot be read is refused as such",
                        api.post(ALL).body("<a/>", "application/xml"),
                        415,
                        envelope(
                                "invalid_request",
                                "unsupported_media_type",
                                "Unsupported media type \"application/xml\" in request.",
                                null)),
                rule(
                        "a body of 5 MB is 413 in the envelope",
                        () -> {
                            var answer =
                                    api.post(ALL)
                                            .body(new byte[5_000_000], "application/json")
                                            .answers(413)
                                            .json();
                            assertThat(answer.path("code").asText()).isEqualTo("request_too_large");
                        }));
    }

    private static String below(Api api, JsonNode link) {
        return link.asText().substring(api.url("").toString().length());
    }

    private static String run(JsonNode automation) {
        return "/tasks/%s/runs/%s/"
                .formatted(
                        automation.path("last_task_id").asText(),
                        automation.path("last_task_run_id").asText());
    }

    private static String state(Api api, String id) {
        var automation = api.get(ALL + id).answers(200).json();
        return automation.path("last_run_status").asText()
                + " "
                + automation.path("last_error").asText();
    }

    private static DynamicTest bad(Api api, String field, String value, JsonNode body) {
        var shown = value.length() > 40 ? value.substring(0, 40) + "..." : value;
        return create(
                api,
                field + " " + shown,
                Json.automation("{'" + field + "': " + value + "}"),
                body);
    }

    private static DynamicTest create(Api api, String name, JsonNode sent, JsonNode body) {
        return refused(name, api.post(ALL).json(sent), 400, body);
    }

    private static DynamicTest accepted(Api api, String field, String value, String read) {
        return rule(
                field + " " + value,
                () -> {
                    var made =
                            api.post(ALL)
                                    .json(Json.automation("{'" + field + "': " + value + "}"))
                                    .answers(201)
                                    .json();
                    if (read != null) assertThat(made.path(field)).isEqualTo(Json.any(read));
                });
    }
}
