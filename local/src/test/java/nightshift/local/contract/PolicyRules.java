package nightshift.local.contract;

import static nightshift.local.contract.Rules.UNKNOWN_ID;
import static nightshift.local.contract.Rules.answered;
import static nightshift.local.contract.Rules.blank;
import static nightshift.local.contract.Rules.invalid;
import static nightshift.local.contract.Rules.missingScope;
import static nightshift.local.contract.Rules.noChoice;
import static nightshift.local.contract.Rules.noInteger;
import static nightshift.local.contract.Rules.noString;
import static nightshift.local.contract.Rules.notFound;
import static nightshift.local.contract.Rules.nothing;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.rule;
import static nightshift.local.contract.Rules.tooLong;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.stream.Stream;

/// Section 7.1: the policy of an automation.
abstract class PolicyRules {
    private static final JsonNode DEFAULT =
            Json.tree(
                    """
                    {'overlap': 'allow', 'retry_attempts': 0, 'retry_delay_seconds': 300,
                     'retry_on': 'transient', 'pause_after_failures': 0,
                     'time_limit_seconds': null, 'branch': null, 'environment': {},
                     'failures_in_a_row': 0, 'paused_reason': null}
                    """);

    @TestFactory
    Stream<DynamicTest> all_policies_of_a_project_come_in_one_list(Api api) {
        return Stream.of(
                rule(
                        "in the order of the automations",
                        () -> {
                            var project = api.freshProject("Listed");
                            var first = project.automation();
                            var second = project.automation();
                            var policy =
                                    project.patch(path(first) + "policy/")
                                            .json("{'overlap': 'skip'}")
                                            .answers(200)
                                            .json();

                            var list = project.get("/automation_policies/").answers(200).json();

                            assertThat(list.path("count").asInt()).isEqualTo(2);
                            assertThat(list.at("/results/0/id")).isEqualTo(second.path("id"));
                            assertThat(list.at("/results/1/id")).isEqualTo(first.path("id"));
                            assertThat(list.at("/results/1/policy")).isEqualTo(policy);
                        }),
                rule(
                        "with the automation's version",
                        () -> {
                            var project = api.freshProject("Versions");
                            var path = path(project.automation());
                            project.patch(path).answers(200);

                            var list = project.get("/automation_policies?limit=1").answers(200);

                            assertThat(list.json().at("/results/0/etag").asText())
                                    .isEqualTo(project.get(path).answers(200).header("ETag"));
                        }));
    }

    @TestFactory
    Stream<DynamicTest> the_defaults_are_the_origins_behaviour(Api api) {
        return Stream.of(
                rule(
                        "all of them",
                        () -> {
                            var answer = api.get(policy(api)).answers(200);
                            assertThat(answer.json()).isEqualTo(DEFAULT);
                            assertThat(answer.text()).startsWith("{\"overlap\":");
                        }),
                rule(
                        "an empty PATCH changes nothing",
                        () -> {
                            var path = policy(api);
                            assertThat(api.patch(path).answers(200).json()).isEqualTo(DEFAULT);
                        }),
                rule(
                        "a project may have others, for its new automations",
                        () -> {
                            var project = api.freshProject("Strict");
                            var put =
                                    """
                                    {"id": %d, "name": "Strict",
                                     "policy": {"overlap": "skip", "retry_attempts": 2}}
                                    """
                                            .formatted(project.project());
                            assertThat(api.operate("PutProject", put).at("/policy/overlap"))
                                    .isEqualTo(Json.any("'skip'"));
                            assertThat(project.get(policy(project)).answers(200).json())
                                    .isEqualTo(with("{'overlap': 'skip', 'retry_attempts': 2}"));
                        }));
    }

    @TestFactory
    Stream<DynamicTest> a_patch_changes_what_it_names(Api api) {
        return Stream.of(
                changed(api, "overlap", "{'overlap': 'cancel_previous'}"),
                changed(api, "retries", "{'retry_attempts': 5, 'retry_delay_seconds': 86400}"),
                changed(api, "which are retried", "{'retry_on': 'any'}"),
                changed(api, "pause", "{'pause_after_failures': 100}"),
                changed(api, "limit", "{'time_limit_seconds': 28800}"),
                changed(api, "branch", "{'branch': 'release/1'}"),
                changed(api, "environment", "{'environment': {'_A1': '', 'MODE': 'é \\n x'}}"),
                changed(
                        api,
                        "4 KiB of environment",
                        "{'environment': {'A': '" + "x".repeat(4095) + "'}}"),
                rule(
                        "what is absent stays, null clears, an environment is replaced",
                        () -> {
                            var path = policy(api);
                            api.patch(path)
                                    .json(
                                            """
                                            {'time_limit_seconds': 60, 'branch': 'b',
                                             'environment': {'A': '1', 'B': '2'}}
                                            """)
                                    .answers(200);
                            var change =
                                    """
                                    {'time_limit_seconds': null, 'branch': null,
                                     'environment': {'B': 3}, 'retry_attempts': '1'}
                                    """;
                            var expected = with("{'environment': {'B': '3'}, 'retry_attempts': 1}");
                            assertThat(api.patch(path).json(change).answers(200).json())
                                    .isEqualTo(expected);
                            assertThat(api.get(path).answers(200).json()).isEqualTo(expected);
                        }),
                rule(
                        "a form will do",
                        () -> {
                            var path = policy(api);
                            var form = "overlap=skip&retry_attempts=2&branch=main";
                            assertThat(api.patch(path).form(form).answers(200).json())
                                    .isEqualTo(
                                            with(
                                                    "{'overlap': 'skip', 'retry_attempts': 2,"
                                                            + " 'branch': 'main'}"));
                        }),
                rule(
                        "what is read only is ignored, and the automation itself does not change",
                        () -> {
                            var automation = api.automation();
                            var path = path(automation);
                            var change =
                                    "{'failures_in_a_row': 3, 'paused_reason': 'x', 'name': 'y'}";
                            assertThat(api.patch(path + "policy/").json(change).answers(200).json())
                                    .isEqualTo(DEFAULT);
                            assertThat(api.get(path).answers(200).json()).isEqualTo(automation);
                        }));
    }

    @TestFactory
    Stream<DynamicTest> a_bad_field_is_refused_and_changes_nothing(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var field : new String[] {"overlap", "retry_on"}) {
            rows.add(bad(api, field, "null", nothing(field)));
            rows.add(bad(api, field, "'zzz'", noChoice("zzz", field)));
            rows.add(bad(api, field, "'ALLOW'", noChoice("ALLOW", field)));
        }
        for (var field :
                new String[] {"retry_attempts", "retry_delay_seconds", "pause_after_failures"}) {
            rows.add(bad(api, field, "null", nothing(field)));
            rows.add(bad(api, field, "'x'", noInteger(field)));
            rows.add(bad(api, field, "1.5", noInteger(field)));
            rows.add(bad(api, field, "true", noInteger(field)));
        }
        rows.add(bad(api, "time_limit_seconds", "'x'", noInteger("time_limit_seconds")));
        rows.add(bad(api, "retry_attempts", "-1", least(0, "retry_attempts")));
        rows.add(bad(api, "retry_attempts", "6", most(5, "retry_attempts")));
        rows.add(bad(api, "retry_delay_seconds", "59", least(60, "retry_delay_seconds")));
        rows.add(bad(api, "retry_delay_seconds", "86401", most(86_400, "retry_delay_seconds")));
        rows.add(bad(api, "pause_after_failures", "-1", least(0, "pause_after_failures")));
        rows.add(bad(api, "pause_after_failures", "101", most(100, "pause_after_failures")));
        rows.add(bad(api, "time_limit_seconds", "59", least(60, "time_limit_seconds")));
        rows.add(bad(api, "time_limit_seconds", "28801", most(28_800, "time_limit_seconds")));
        rows.add(bad(api, "branch", "''", blank("branch")));
        rows.add(bad(api, "branch", "['x']", noString("branch")));
        rows.add(bad(api, "branch", "'" + "x".repeat(256) + "'", tooLong(255, "branch")));
        rows.add(bad(api, "environment", "null", nothing("environment")));
        rows.add(bad(api, "environment", "'x'", notDict("str")));
        rows.add(bad(api, "environment", "[]", notDict("list")));
        rows.add(bad(api, "environment", "{'A': null}", nothing("environment__A")));
        rows.add(bad(api, "environment", "{'A': ['x']}", noString("environment__A")));
        rows.add(
                bad(
                        api,
                        "environment",
                        "{'A': '" + "é".repeat(2048) + "'}",
                        invalid(
                                "max_length",
                                "Ensure this field has no more than 4096 bytes.",
                                "environment")));
        for (var name : new String[] {"a", "1A", "A-B", "", "A B", "É", "Path"}) {
            rows.add(
                    bad(
                            api,
                            "environment",
                            "{'" + name + "': 'x'}",
                            invalid(
                                    "invalid_input",
                                    "\""
                                            + name
                                            + "\" is not a valid name of a variable: use capital"
                                            + " letters, digits and underscores.",
                                    "environment")));
        }
        for (var name :
                new String[] {"PATH", "NIGHTSHIFT_KEY", "AWS_REGION", "LD_PRELOAD", "LD_"}) {
            rows.add(
                    bad(
                            api,
                            "environment",
                            "{'" + name + "': 'x'}",
                            invalid(
                                    "invalid_input",
                                    "\""
                                            + name
                                            + "\" is reserved: a name must not begin with"
                                            + " NIGHTSHIFT_, AWS_ or LD_, nor be PATH.",
                                    "environment")));
        }
        rows.add(
                rule(
                        "the first of several in the declared order",
                        () -> {
                            var answer =
                                    api.patch(policy(api))
                                            .json("{'environment': 1, 'retry_attempts': 9}")
                                            .answers(400);
                            assertThat(answer.json("attr").asText()).isEqualTo("retry_attempts");
                        }));
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> opens_like_its_automation(Api api) {
        var unknown = "/task_automations/" + UNKNOWN_ID + "/policy/";
        return Stream.of(
                refused("an unknown automation", api.get(unknown), 404, notFound()),
                refused(
                        "an unknown automation, before a bad field",
                        api.patch(unknown).json("{'overlap': 'zzz'}"),
                        404,
                        notFound()),
                refused("no UUID", api.get("/task_automations/x/policy/"), 404, notFound()),
                rule(
                        "read by a key that reads, written by one that writes",
                        () -> {
                            var path = policy(api);
                            api.get(path).key(api.readKey()).answers(200);
                            var refusal =
                                    api.patch(path)
                                            .key(api.readKey())
                                            .json("{'overlap': 'zzz'}")
                                            .answers(403);
                            assertThat(refusal.json()).isEqualTo(missingScope("task:write"));
                        }),
                rule(
                        "with and without the last slash, and by HEAD",
                        () -> {
                            var path = policy(api);
                            var bare = path.substring(0, path.length() - 1);
                            assertThat(api.get(bare).answers(200).json()).isEqualTo(DEFAULT);
                            api.head(path).answers(200);
                        }),
                answered("no PUT", api.call("PUT", unknown), 405));
    }

    private static DynamicTest changed(Api api, String name, String change) {
        return rule(
                name,
                () -> {
                    var path = policy(api);
                    var expected = with(change);
                    assertThat(api.patch(path).json(change).answers(200).json())
                            .isEqualTo(expected);
                    assertThat(api.get(path).answers(200).json()).isEqualTo(expected);
                });
    }

    private static DynamicTest bad(Api api, String field, String value, JsonNode refusal) {
        var shown = value.length() > 30 ? value.substring(0, 30) + "..." : value;
        return rule(
                field + ": " + shown,
                () -> {
                    var path = policy(api);
                    var answer =
                            api.patch(path)
                                    .json("{'%s': %s, 'name': 'x'}".formatted(field, value))
                                    .answers(400);
                    assertThat(answer.json()).isEqualTo(refusal);
                    assertThat(api.get(path).answers(200).json()).isEqualTo(DEFAULT);
                });
    }

    private static JsonNode least(int least, String attr) {
        return invalid(
                "min_value", "Ensure this value is greater than or equal to " + least + ".", attr);
    }

    private static JsonNode most(int most, String attr) {
        return invalid(
                "max_value", "Ensure this value is less than or equal to " + most + ".", attr);
    }

    private static JsonNode notDict(String type) {
        return invalid(
                "not_a_dict",
                "Expected a dictionary of items but got type \"" + type + "\".",
                "environment");
    }

    private static JsonNode with(String changes) {
        return DEFAULT.<ObjectNode>deepCopy().setAll(Json.tree(changes));
    }

    private static String policy(Api api) {
        return path(api.automation()) + "policy/";
    }

    private static String path(JsonNode automation) {
        return "/task_automations/" + automation.path("id").asText() + "/";
    }
}
