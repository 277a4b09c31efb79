package nightshift.local.contract;

import static nightshift.local.contract.Rules.UNKNOWN_ID;
import static nightshift.local.contract.Rules.answered;
import static nightshift.local.contract.Rules.blank;
import static nightshift.local.contract.Rules.invalid;
import static nightshift.local.contract.Rules.methodNotAllowed;
import static nightshift.local.contract.Rules.missingScope;
import static nightshift.local.contract.Rules.noBoolean;
import static nightshift.local.contract.Rules.noChoice;
import static nightshift.local.contract.Rules.noInteger;
import static nightshift.local.contract.Rules.noList;
import static nightshift.local.contract.Rules.noString;
import static nightshift.local.contract.Rules.notFound;
import static nightshift.local.contract.Rules.nothing;
import static nightshift.local.contract.Rules.refused;
import static nightshift.local.contract.Rules.required;
import static nightshift.local.contract.Rules.rule;
import static nightshift.local.contract.Rules.tooLong;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Section 7.4: notification channels.
abstract class ChannelRules {
    private static final String ALL = "/notification_channels/";
    private static final String URL = "https://hooks.example.com/services/T0/hunter2?token=hunter3";

    private static ObjectNode channel(String changes) {
        return Json.tree("{'name': 'On call', 'kind': 'webhook', 'url': '" + URL + "'}")
                .setAll(Json.tree(changes));
    }

    private static JsonNode created(Api api, String changes) {
        return api.post(ALL).json(channel(changes)).answers(201).json();
    }

    @TestFactory
    Stream<DynamicTest> a_bad_field_of_a_channel_is_refused_in_the_declared_order(Api api) {
        var rows = new ArrayList<DynamicTest>();
        var full = List.of("name", "kind", "url");
        for (int i = 0; i < full.size(); i++) {
            var body = channel("{'enabled': 'maybe', 'after_failures': 0}");
            body.remove(full.subList(i, full.size()));
            rows.add(
                    refused(
                            "without " + full.get(i),
                            api.post(ALL).json(body),
                            400,
                            required(full.get(i))));
        }
        for (var field : List.of("name", "url")) {
            rows.add(bad(api, field, "null", nothing(field)));
            rows.add(bad(api, field, "'  '", blank(field)));
            rows.add(bad(api, field, "true", noString(field)));
            rows.add(bad(api, field, "['x']", noString(field)));
        }
        rows.add(bad(api, "name", "'" + "x".repeat(256) + "'", tooLong(255, "name")));
        rows.add(
                bad(
                        api,
                        "url",
                        "'https://a.example/" + "x".repeat(1_983) + "'",
                        tooLong(2_000, "url")));
        rows.add(bad(api, "kind", "null", nothing("kind")));
        rows.add(bad(api, "kind", "'email'", noChoice("email", "kind")));
        rows.add(bad(api, "events", "null", nothing("events")));
        rows.add(bad(api, "events", "{}", noList("dict", "events")));
        rows.add(bad(api, "events", "'run_failed'", noList("str", "events")));
        rows.add(
                bad(
                        api,
                        "events",
                        "[]",
                        invalid("empty", "This list may not be empty.", "events")));
        rows.add(bad(api, "events", "['run_failed', 'zzz']", noChoice("zzz", "events__1")));
        rows.add(bad(api, "events", "[null]", nothing("events__0")));
        rows.add(bad(api, "automations", "'x'", noList("str", "automations")));
        rows.add(
                bad(
                        api,
                        "automations",
                        "['7']",
                        invalid("invalid_input", "Must be a valid UUID.", "automations__0")));
        rows.add(
                bad(
                        api,
                        "after_failures",
                        "0",
                        invalid(
                                "min_value",
                                "Ensure this value is greater than or equal to 1.",
                                "after_failures")));
        rows.add(
                bad(
                        api,
                        "after_failures",
                        "101",
                        invalid(
                                "max_value",
                                "Ensure this value is less than or equal to 100.",
                                "after_failures")));
        rows.add(bad(api, "after_failures", "'x'", noInteger("after_failures")));
        rows.add(bad(api, "after_failures", "null", nothing("after_failures")));
        rows.add(bad(api, "enabled", "null", nothing("enabled")));
        rows.add(bad(api, "enabled", "2", noBoolean("enabled")));
        return rows.stream();
    }

    private static DynamicTest bad(Api api, String field, String value, JsonNode refusal) {
        return refused(
                field + " " + value.substring(0, Math.min(value.length(), 30)),
                api.post(ALL).json(channel("{'" + field + "': " + value + "}")),
                400,
                refusal);
    }

    @TestFactory
    Stream<DynamicTest> a_url_that_shows_no_public_host_is_refused(Api api) {
        var rows = new ArrayList<DynamicTest>();
        for (var url :
                List.of(
                        "http://169.254.169.254/",
                        "https://169.254.169.254/",
                        "https://[::ffff:10.0.0.1]/",
                        "https://[fd00:ec2::254]/",
                        "https://[64:ff9b::a9fe:a9fe]/",
                        "https://10.0.0.1/",
                        "https://2130706433/",
                        "https://0x7f.1/",
                        "https://0177.0.0.1/",
                        "https://127.1/",
                        "https://printer/",
                        "https://db.internal/",
                        "https://user:hunter2@hooks.example.com/",
                        "http://hooks.example.com/",
                        "ftp://hooks.example.com/",
                        "hooks.example.com",
                        "https://")) {
            rows.add(
                    rule(
                            url,
                            () -> {
                                var refusal =
                                        api.post(ALL)
                                                .json(channel("{'url': '" + url + "'}"))
                                                .answers(400);
                                assertThat(refusal.json().path("attr").asText()).isEqualTo("url");
                                assertThat(refusal.json().path("code").asText())
                                        .isEqualTo("invalid_input");
                                assertThat(refusal.text()).doesNotContain("hunter2");
                            }));
        }
        return rows.stream();
    }

    @TestFactory
    Stream<DynamicTest> a_channel_is_created_changed_and_deleted(Api api) {
        return Stream.of(
                rule(
                        "a creation answers its keys, in order, with their defaults",
                        () -> {
                            var made = created(api, "{}");
                            assertThat(made.fieldNames())
                                    .toIterable()
                                    .containsExactly(
                                            "id",
                                            "name",
                                            "kind",
                                            "host",
                                            "events",
                                            "automations",
                                            "after_failures",
                                            "enabled",
                                            "last_delivery",
                                            "created_at",
                                            "updated_at",
                                            "secret");
                            assertThat(made.path("host").asText()).isEqualTo("hooks.example.com");
                            assertThat(made.path("events"))
                                    .isEqualTo(
                                            Json.any(
                                                    "['run_failed', 'occurrence_missed',"
                                                            + " 'automation_paused',"
                                                            + " 'automation_recovered',"
                                                            + " 'schedule_refused']"));
                            assertThat(made.path("automations").isNull()).isTrue();
                            assertThat(made.path("after_failures").asInt()).isEqualTo(1);
                            assertThat(made.path("enabled").asBoolean()).isTrue();
                            assertThat(made.path("last_delivery").isNull()).isTrue();
                        }),
                rule(
                        "the secret is in the answer of the creation alone, the URL in none",
                        () -> {
                            var own = api.freshProject("Secrets");
                            var made = created(own, "{}");
                            assertThat(made.path("secret").asText()).startsWith("whsec_");
                            var path = ALL + made.path("id").asText();
                            for (var answer :
                                    List.of(
                                            own.get(path).answers(200),
                                            own.patch(path).json("{'name': 'x'}").answers(200),
                                            own.get(ALL).answers(200))) {
                                assertThat(answer.text())
                                        .contains("hooks.example.com")
                                        .doesNotContain("whsec_", "hunter", "services", "secret");
                            }
                            assertThat(made.toString()).doesNotContain("hunter", "services");
                        }),
                rule(
                        "a slack channel has no secret",
                        () ->
                                assertThat(
                                                created(api, "{'kind': 'slack'}")
                                                        .path("secret")
                                                        .isNull())
                                        .isTrue()),
                rule(
                        "everything but the kind is changed by a PATCH",
                        () -> {
                            var made = created(api, "{}");
                            var path = ALL + made.path("id").asText();
                            var changed =
                                    api.patch(path)
                                            .json(
                                                    "{'name': ' b ', 'url': 'https://other.example/',"
                                                            + " 'events': ['run_completed', 'run_failed',"
                                                            + " 'run_failed'], 'automations': ['"
                                                            + UNKNOWN_ID
                                                            + "'], 'after_failures': '7', 'enabled':"
                                                            + " 'off', 'kind': 'webhook', 'secret':"
                                                            + " 'x', 'last_delivery': {}}")
                                            .answers(200)
                                            .json();
                            assertThat(changed.path("name").asText()).isEqualTo("b");
                            assertThat(changed.path("host").asText()).isEqualTo("other.example");
                            assertThat(changed.path("events"))
                                    .isEqualTo(Json.any("['run_failed', 'run_completed']"));
                            assertThat(changed.path("automations"))
                                    .isEqualTo(Json.any("['" + UNKNOWN_ID + "']"));
                            assertThat(changed.path("after_failures").asInt()).isEqualTo(7);
                            assertThat(changed.path("enabled").asBoolean()).isFalse();
                            assertThat(changed.path("last_delivery").isNull()).isTrue();
                            assertThat(api.get(path).answers(200).json()).isEqualTo(changed);
                            assertThat(
                                            api.patch(path)
                                                    .json("{'automations': null}")
                                                    .answers(200)
                                                    .json()
                                                    .path("automations")
                                                    .isNull())
                                    .isTrue();
                        }),
                rule(
                        "a bad PATCH changes nothing",
                        () -> {
                            var made = created(api, "{}");
                            var path = ALL + made.path("id").asText();
                            var before = api.get(path).answers(200).json();
                            api.patch(path)
                                    .json("{'name': 'New', 'url': 'https://10.0.0.1/'}")
                                    .answers(400);
                            api.patch(path).json("{'name': 'New', 'kind': 'slack'}").answers(400);
                            assertThat(api.get(path).answers(200).json()).isEqualTo(before);
                        }),
                rule(
                        "a list is the oldest first, page by page",
                        () -> {
                            var own = api.freshProject("Channels");
                            for (var name : List.of("c", "a", "b")) {
                                created(own, "{'name': '" + name + "'}");
                            }
                            var page = own.get(ALL + "?limit=2").answers(200).json();
                            assertThat(page.path("count").asInt()).isEqualTo(3);
                            assertThat(page.path("results").findValuesAsText("name"))
                                    .containsExactly("c", "a");
                            assertThat(page.path("next").asText()).endsWith("limit=2&offset=2");
                            assertThat(
                                            own.get(ALL + "?limit=2&offset=2")
                                                    .answers(200)
                                                    .json()
                                                    .path("results")
                                                    .findValuesAsText("name"))
                                    .containsExactly("b");
                        }),
                rule(
                        "one more than a hundred is refused",
                        () -> {
                            var own = api.freshProject("Many");
                            for (int n = 0; n < 100; n++) created(own, "{}");
                            var refusal = own.post(ALL).json(channel("{}")).answers(400).json();
                            assertThat(refusal.path("code").asText()).isEqualTo("limit_reached");
                        }),
                rule(
                        "a DELETE answers nothing, the second one 404",
                        () -> {
                            var path = ALL + created(api, "{}").path("id").asText();
                            assertThat(api.delete(path).answers(204).text()).isEmpty();
                            api.delete(path).answers(404);
                            api.get(path).answers(404);
                            api.patch(path).json("{}").answers(404);
                            api.post(path + "/test").answers(404);
                        }),
                rule(
                        "a channel of another project is 404",
                        () -> {
                            var path = ALL + created(api, "{}").path("id").asText();
                            var other = api.freshProject("Other");
                            other.get(path).answers(404);
                            other.patch(path).json("{}").answers(404);
                            other.post(path + "/test").answers(404);
                            other.delete(path).answers(404);
                            api.get(path).answers(200);
                        }));
    }

    @TestFactory
    Stream<DynamicTest> a_channels_doors(Api api) {
        var rows = new ArrayList<DynamicTest>();
        var one = ALL + UNKNOWN_ID;
        rows.add(answered("a key that reads may list", api.get(ALL).key(api.readKey()), 200));
        rows.add(answered("a key that reads may retrieve", api.get(one).key(api.readKey()), 404));
        for (var call :
                List.of(
                        api.post(ALL).json("{'name': 1}"),
                        api.patch(one).json("{'name': null}"),
                        api.delete(one),
                        api.post(one + "/test/"))) {
            rows.add(
                    refused(
                            "a key that reads may not " + call.method() + " " + call.path(),
                            call.key(api.readKey()),
                            403,
                            missingScope("task:write")));
        }
        rows.add(refused("PUT", api.call("PUT", one), 405, methodNotAllowed("PUT")));
        rows.add(refused("GET of a test", api.get(one + "/test"), 405, methodNotAllowed("GET")));
        rows.add(refused("an id that is no UUID", api.get(ALL + "7/"), 404, notFound()));
        rows.add(
                refused(
                        "an unknown channel is 404 before its body is looked at",
                        api.patch(one).json("{'name': null}"),
                        404,
                        notFound()));
        rows.add(answered("without a key", api.get(ALL).anonymous(), 401));
        return rows.stream();
    }
}
