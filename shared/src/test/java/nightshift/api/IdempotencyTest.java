package nightshift.api;

import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.idempotency.InMemoryKeyUses;
import nightshift.json.Json;
import nightshift.keys.ApiKey;
import nightshift.keys.Owner;
import nightshift.keys.Project;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/// A repeated call with the same `Idempotency-Key` gets the same answer, and its work is done once.
class IdempotencyTest {
    private static final Owner OWNER = new Owner(1, new UUID(0, 1), "d", "Ada", "L", null);
    private final InMemoryKeyUses uses = new InMemoryKeyUses();
    private final List<Call> worked = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T10:00:00Z");
    private Function<Call, Reply> work =
            call ->
                    Reply.created(Json.object().put("number", worked.size()))
                            .with("ETag", "\"" + call.random("x") + "\"");

    private final Clock clock =
            new Clock() {
                @Override
                public Instant instant() {
                    return now;
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    return this;
                }
            };

    private final Endpoint endpoint =
            new Endpoint(
                    (call, _) ->
                            call.admitted(
                                    new Project(
                                            Long.parseLong(call.variable("project_id")),
                                            "",
                                            List.of()),
                                    key(KeyGatekeeper.bearer(call))),
                    Scope.TASK_WRITE,
                    new Idempotency(uses, clock)) {
                @Override
                protected Reply answer(Call call) {
                    worked.add(call);
                    return work.apply(call);
                }
            };

    private static ApiKey key(String bearer) {
        return new ApiKey(bearer, "", "", Set.of(), null, OWNER, Instant.EPOCH, null, null);
    }

    private static CallBuilder post() {
        return call().method("POST").json("{\"a\": 1}").header("Idempotency-Key", "one");
    }

    private Reply reply(CallBuilder call) {
        return endpoint.reply(call.build());
    }

    @Test
    void a_repeated_call_gets_the_same_status_body_and_headers() {
        var first = reply(post());
        work = _ -> Reply.noContent();
        assertThat(first.status()).isEqualTo(201);
        assertThat(reply(post())).isEqualTo(first);
        assertThat(worked).hasSize(1);
    }

    @Test
    void calls_without_a_key_are_not_compared() {
        var call = call().method("POST").json("{}");
        reply(call);
        reply(call);
        assertThat(worked).hasSize(2);
    }

    @Test
    void another_caller_path_project_or_key_is_another_call() {
        reply(post());
        reply(post().key("phx_another"));
        reply(post().inProject(2));
        reply(post().resource("/api/projects/{project_id}/tasks"));
        reply(post().header("Idempotency-Key", "two"));
        assertThat(worked).hasSize(5);
    }

    @Test
    void a_path_is_the_same_however_it_is_spelt() {
        var resource = "/api/projects/{project_id}/task_automations/{id}/run";
        var id = "0198C5F0-0000-7000-8000-00000000000C";
        reply(post().resource(resource).variable("id", id));
        reply(
                post().resource(resource)
                        .variable("id", id.toLowerCase(java.util.Locale.ROOT))
                        .path("/api/projects/1/task_automations/" + id + "/run/"));
        assertThat(worked).hasSize(1);
    }

    @Test
    void another_body_is_refused_and_does_nothing() {
        reply(post());
        var refused = reply(post().json("{\"a\": 2}"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.json().path("code").asText()).isEqualTo("idempotency_key_reused");
        assertThat(refused.json().path("type").asText()).isEqualTo("invalid_request");
        assertThat(worked).hasSize(1);
    }

    @Test
    void a_refusal_is_an_answer_too() {
        work =
                _ -> {
                    throw ApiException.notFound();
                };
        var first = reply(post());
        work = _ -> Reply.noContent();
        assertThat(first.status()).isEqualTo(404);
        assertThat(reply(post())).isEqualTo(first);
    }

    @Test
    void a_second_call_meanwhile_is_a_conflict() {
        var meanwhile = new ArrayList<Reply>();
        work =
                _ -> {
                    meanwhile.add(reply(post()));
                    return Reply.created(Json.object());
                };
        assertThat(reply(post()).status()).isEqualTo(201);
        assertThat(meanwhile)
                .singleElement()
                .satisfies(second -> {
                    assertThat(second.status()).isEqualTo(409);
                    assertThat(second.json().path("code").asText()).isEqualTo("conflict");
                });
        assertThat(worked).hasSize(1);
    }

    @Test
    void after_a_500_the_call_continues_with_the_same_ids_and_time() {
        work =
                _ -> {
                    throw new IllegalStateException("busy");
                };
        assertThat(reply(post()).status()).isEqualTo(500);
        now = now.plusSeconds(5);
        work = _ -> Reply.created(Json.object());
        assertThat(reply(post()).status()).isEqualTo(201);
        assertSameIdsAndTime(worked.get(0), worked.get(1));
    }

    @Test
    void a_call_that_died_blocks_its_key_until_its_lease_has_run_out() {
        var dies = new Idempotency(uses, clock);
        var admitted = post().build().admitted(new Project(1, "", List.of()), key(CallBuilder.KEY));
        try {
            dies.answer(
                    admitted,
                    call -> {
                        worked.add(call);
                        throw new IllegalStateException("died");
                    });
        } catch (IllegalStateException _) {
            now = now.plusSeconds(1);
        }
        assertThat(reply(post()).status()).isEqualTo(409);
        now = now.plusSeconds(30);
        assertThat(reply(post()).status()).isEqualTo(201);
        assertSameIdsAndTime(worked.get(0), worked.get(1));
    }

    private void assertSameIdsAndTime(Call first, Call second) {
        assertThat(second.random("object")).isEqualTo(first.random("object"));
        assertThat(second.random("object")).isNotEqualTo(second.random("other"));
        assertThat(second.time(clock)).isEqualTo(first.time(clock));
    }

    @Test
    void after_24_hours_the_key_is_new() {
        reply(post());
        now = now.plus(Duration.ofHours(24)).minusSeconds(1);
        reply(post());
        assertThat(worked).hasSize(1);
        now = now.plusSeconds(1);
        assertThat(reply(post().json("{\"a\": 2}")).status()).isEqualTo(201);
        assertThat(worked).hasSize(2);
        assertThat(worked.get(0).random("x")).isNotEqualTo(worked.get(1).random("x"));
    }

    /// The work is done again by the same ids, so it creates nothing twice.
    @Test
    void an_answer_that_no_item_can_hold_is_not_kept() {
        work = _ -> Reply.created(Json.object().put("long", "x".repeat(400_000)));
        reply(post());
        assertThat(reply(post()).status()).isEqualTo(201);
        assertSameIdsAndTime(worked.get(0), worked.get(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "ä", "tab\t", "\u007f"})
    void a_key_is_of_visible_ascii(String key) {
        assertRefused(key);
    }

    @Test
    void a_key_has_at_most_255_characters() {
        assertRefused("x".repeat(256));
        assertThat(reply(post().header("Idempotency-Key", "~".repeat(255))).status())
                .isEqualTo(201);
    }

    private void assertRefused(String key) {
        var refused = reply(post().header("Idempotency-Key", key));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().path("attr").asText()).isEqualTo("Idempotency-Key");
        assertThat(worked).isEmpty();
    }
}
