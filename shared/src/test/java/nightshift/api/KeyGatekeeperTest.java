package nightshift.api;

import static nightshift.api.CallBuilder.KEY;
import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import nightshift.keys.ApiKey;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.Owner;
import nightshift.keys.Project;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The contract's rules for keys, scopes and projects, one row per rule.
class KeyGatekeeperTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Owner OWNER = new Owner(1, new UUID(0, 1), "d", "Ada", "L", null);

    private final Kept apiKeys = new Kept();
    private Instant now = START;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final KeyGatekeeper gatekeeper = new KeyGatekeeper(apiKeys, clock);

    KeyGatekeeperTest() {
        apiKeys.put(new Project(1, "One", List.of()));
        apiKeys.put(new Project(2, "Two", List.of()));
        apiKeys.add(key(KEY, Set.of("task:write"), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + KEY, "Bearer    " + KEY, "Bearer " + KEY + "  "})
    void a_bearer_key_is_admitted(String authorization) {
        for (var name : List.of("Authorization", "authorization", "AUTHORIZATION")) {
            var admitted = admit(call().anonymous().header(name, authorization));
            assertThat(admitted.projectId()).isEqualTo(1);
            assertThat(admitted.owner()).isEqualTo(OWNER);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Token " + KEY,
                "bearer " + KEY,
                "BEARER " + KEY,
                "Bearer",
                "Bearer ",
                "Bearer x",
                "Bearer" + KEY,
                KEY,
                ""
            })
    void any_other_header_counts_as_none(String authorization) {
        assertThat(refusal(call().header("Authorization", authorization)))
                .isEqualTo(new ApiError.NotAuthenticated());
        assertThat(
                        admit(
                                        call().header("Authorization", authorization)
                                                .query("personal_api_key", KEY))
                                .projectId())
                .isEqualTo(1);
    }

    @Test
    void without_a_key_a_call_is_challenged() {
        var reply = Reply.refusing(refusal(call().anonymous()));
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.headers()).containsEntry("WWW-Authenticate", "Bearer");
        assertThat(reply.body())
                .isEqualTo(
                        "{\"type\":\"authentication_error\",\"code\":\"not_authenticated\",\"detail\":"
                                + "\"Authentication credentials were not provided.\",\"attr\":null}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"phx_unknown", "pha_token", "two words"})
    void an_unknown_key_is_challenged(String key) {
        var reply = Reply.refusing(refusal(call().key(key)));
        assertThat(reply.headers()).containsEntry("WWW-Authenticate", "Bearer");
        assertThat(reply.body())
                .isEqualTo(
                        "{\"type\":\"authentication_error\",\"code\":\"authentication_failed\",\"detail\":"
                                + "\"Personal API key found in request Authorization header is invalid.\","
                                + "\"attr\":null}");
    }

    @Test
    void a_key_may_stand_in_the_body_or_the_query() {
        admit(call().anonymous().json("{\"personal_api_key\":\"" + KEY + "\"}"));
        admit(call().anonymous().form("personal_api_key", KEY));
        admit(call().anonymous().query("personal_api_key", KEY));
        assertThat(refusal(call().anonymous().form("personal_api_key", "phx_no")))
                .isEqualTo(new ApiError.InvalidKey("body"));
        assertThat(refusal(call().anonymous().query("personal_api_key", "phx_no")))
                .isEqualTo(new ApiError.InvalidKey("query string"));
    }

    @Test
    void a_key_is_looked_for_in_bodies_of_at_most_64_kib() {
        var json = "{\"personal_api_key\":\"" + KEY + "\",\"a\":\"%s\"}";
        var largest = json.formatted("a".repeat(65_536 - json.length() + 2));
        assertThat(largest).hasSize(65_536);
        admit(call().anonymous().json(largest));
        assertThat(refusal(call().anonymous().json(largest + " ")))
                .isEqualTo(new ApiError.NotAuthenticated());
        assertThat(
                        refusal(
                                call().anonymous()
                                        .form("personal_api_key", KEY, "a", "a".repeat(65_536))))
                .isEqualTo(new ApiError.NotAuthenticated());
    }

    @Test
    void the_first_key_found_is_the_only_one_tried() {
        var body = "{\"personal_api_key\":\"phx_no\"}";
        admit(call().json(body).query("personal_api_key", "phx_no"));
        assertThat(refusal(call().anonymous().json(body).query("personal_api_key", KEY)))
                .isEqualTo(new ApiError.InvalidKey("body"));
        assertThat(refusal(call().key("phx_no").query("personal_api_key", KEY)))
                .isEqualTo(new ApiError.InvalidKey("Authorization header"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "null",
                "{\"personal_api_key\":5}",
                "{\"personal_api_key\":\"\"}"
            })
    void a_body_without_a_readable_key_does_not_matter(String body) {
        assertThat(refusal(call().anonymous().json(body)))
                .isEqualTo(new ApiError.NotAuthenticated());
        admit(call().anonymous().json(body).query("personal_api_key", KEY));
    }

    @ParameterizedTest
    @CsvSource({
        "task:read,  true,  false",
        "task:write, true,  true",
        "*,          true,  true",
        "task:admin, false, false",
        "insight:write, false, false"
    })
    void a_scope_grants_what_the_contract_says(String scope, boolean reads, boolean writes) {
        apiKeys.add(key("phx_scoped", Set.of(scope), null));
        var scoped = call().key("phx_scoped");
        assertThat(admitted(scoped, Scope.TASK_READ)).isEqualTo(reads);
        assertThat(admitted(scoped, Scope.TASK_WRITE)).isEqualTo(writes);
        assertThat(admitted(scoped, Scope.NONE)).isTrue();
    }

    @Test
    void a_missing_scope_is_named() {
        apiKeys.add(key("phx_none", Set.of(), null));
        for (var scope : List.of(Scope.TASK_READ, Scope.TASK_WRITE)) {
            var reply = Reply.refusing(refusal(call().key("phx_none"), scope));
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.body())
                    .isEqualTo(
                            "{\"type\":\"authentication_error\",\"code\":\"permission_denied\",\"detail\":"
                                    + "\"API key missing required scope '"
                                    + scope.text()
                                    + "'\",\"attr\":null}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3",
                "0",
                "-1",
                "+1",
                "1.0",
                "x",
                "",
                "1 ",
                "@other",
                "99999999999999999999999",
                "@current"
            })
    void another_project_is_not_found(String project) {
        assertThat(refusal(call().variable("project_id", project)))
                .isEqualTo(new ApiError.NotFound("Project not found."));
    }

    @Test
    void a_key_opens_only_its_projects() {
        apiKeys.add(key("phx_one", Set.of(), List.of(1L)));
        assertThat(refusal(call().key("phx_one").inProject(2)))
                .isEqualTo(
                        new ApiError.PermissionDenied(
                                "API key does not have access to the requested project: ID 2."));
        assertThat(refusal(call().key("phx_one").inProject(3)))
                .isEqualTo(new ApiError.NotFound("Project not found."));
        assertThat(refusal(call().key("phx_no").inProject(3)))
                .isEqualTo(new ApiError.InvalidKey("Authorization header"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@current", "%40current"})
    void the_current_project_is_the_only_one_of_the_key(String current) {
        apiKeys.add(key("phx_one", Set.of("*"), List.of(2L)));
        apiKeys.add(key("phx_both", Set.of("*"), List.of(1L, 2L)));
        apiKeys.add(key("phx_gone", Set.of("*"), List.of(9L)));
        var here = call().variable("project_id", current);
        assertThat(admit(here.key("phx_one")).projectId()).isEqualTo(2);
        for (var key : List.of("phx_both", "phx_gone", KEY)) {
            assertThat(refusal(here.key(key)))
                    .isEqualTo(new ApiError.NotFound("Project not found."));
        }
    }

    @Test
    void a_remembered_key_costs_no_look_up() {
        apiKeys.add(key("phx_one", Set.of("*"), List.of(1L)));
        var calls =
                List.of(
                        call().key("phx_one"),
                        call().key("phx_one").variable("project_id", "@current"));
        calls.forEach(this::admit);
        int before = apiKeys.asked;
        for (int i = 0; i < 10; i++) {
            calls.forEach(this::admit);
        }
        assertThat(apiKeys.asked).isEqualTo(before);
    }

    @Test
    void a_revoked_key_is_refused_within_a_minute_however_busy() {
        admit(call());
        apiKeys.revoke(KeyGatekeeper.digest(KEY));
        boolean refused = false;
        for (int second = 0; second < 60; second++) {
            now = START.plusSeconds(second);
            var elsewhere = second % 2 == 0 ? call() : call().inProject(2);
            refused = !admitted(elsewhere, Scope.TASK_READ);
        }
        assertThat(refused).isTrue();
    }

    @Test
    void a_new_key_or_project_works_at_once() {
        refusal(call().key("phx_new").inProject(9));
        apiKeys.add(key("phx_new", Set.of("*"), null));
        refusal(call().key("phx_new").inProject(9));
        apiKeys.put(new Project(9, "Nine", List.of()));
        assertThat(admit(call().key("phx_new").inProject(9)).projectId()).isEqualTo(9);
    }

    @Test
    void an_expired_key_is_refused_though_remembered() {
        var key = key("phx_brief", Set.of("*"), null);
        apiKeys.add(
                new ApiKey(
                        key.id(),
                        key.digest(),
                        key.label(),
                        key.scopes(),
                        null,
                        OWNER,
                        START,
                        START.plusSeconds(10),
                        null));
        now = START.plusSeconds(9);
        admit(call().key("phx_brief"));
        now = START.plusSeconds(10);
        assertThat(refusal(call().key("phx_brief")))
                .isEqualTo(new ApiError.InvalidKey("Authorization header"));
    }

    @Test
    void the_use_of_a_key_is_noted_once_an_hour() {
        for (int minute = 0; minute <= 150; minute++) {
            now = START.plus(Duration.ofMinutes(minute));
            admit(call());
            admit(call());
        }
        assertThat(apiKeys.uses)
                .containsExactly(START, START.plusSeconds(61 * 60), START.plusSeconds(122 * 60));
    }

    @Test
    void a_call_is_admitted_though_its_use_cannot_be_noted() {
        apiKeys.broken = true;
        admit(call());
    }

    @Test
    void a_digest_is_sha_256() {
        assertThat(KeyGatekeeper.digest("phx_a"))
                .matches("sha256\\$[0-9a-f]{64}")
                .isNotEqualTo(KeyGatekeeper.digest("phx_b"));
    }

    private Call admit(CallBuilder call) {
        return gatekeeper.admit(call.build(), Scope.TASK_READ);
    }

    private boolean admitted(CallBuilder call, Scope scope) {
        try {
            gatekeeper.admit(call.build(), scope);
            return true;
        } catch (ApiException _) {
            return false;
        }
    }

    private ApiError refusal(CallBuilder call) {
        return refusal(call, Scope.TASK_READ);
    }

    private ApiError refusal(CallBuilder call, Scope scope) {
        var thrown =
                catchThrowableOfType(
                        ApiException.class, () -> gatekeeper.admit(call.build(), scope));
        assertThat(thrown).as("refusal").isNotNull();
        return thrown.error();
    }

    private static ApiKey key(String text, Set<String> scopes, @Nullable List<Long> projects) {
        var digest = KeyGatekeeper.digest(text);
        return new ApiKey(digest, digest, "test", scopes, projects, OWNER, START, null, null);
    }

    /// A apiKeys that counts what it is asked.
    private static final class Kept implements ApiKeyStore {
        private final Map<String, ApiKey> keys = new HashMap<>();
        private final Map<Long, Project> projects = new HashMap<>();
        private final List<Instant> uses = new ArrayList<>();
        private int asked;
        private boolean broken;

        @Override
        public Found find(String digest, @Nullable Long projectId) {
            asked++;
            return new Found(keys.get(digest), projectId == null ? null : projects.get(projectId));
        }

        @Override
        public Optional<Project> project(long projectId) {
            asked++;
            return Optional.ofNullable(projects.get(projectId));
        }

        @Override
        public List<Long> projects() {
            return List.of();
        }

        @Override
        public void used(ApiKey key, Instant at) {
            if (broken) {
                throw new IllegalStateException("throttled");
            }
            uses.add(at);
            keys.computeIfPresent(key.digest(), (_, kept) -> kept.usedAt(at));
        }

        @Override
        public void add(ApiKey key) {
            keys.put(key.digest(), key);
        }

        @Override
        public List<ApiKey> keys() {
            return List.copyOf(keys.values());
        }

        @Override
        public boolean revoke(String id) {
            return keys.values().removeIf(key -> key.id().equals(id));
        }

        @Override
        public void put(Project project) {
            projects.put(project.id(), project);
        }
    }
}
