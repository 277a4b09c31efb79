package nightshift.keys;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.testing.Ports;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// What every `ApiKeyStore` does.
public interface ApiKeyStoreContract {
    Instant NOW = Instant.parse("2026-01-01T09:00:00.123456Z");

    Ports ports();

    @Test
    default void finds_a_key_and_the_project_it_wants_to_open() {
        var project = new Project(projectId(), "Acme", List.of(7L, 3L));
        apiKeys().put(project);
        var key = key(List.of(project.id()), NOW.plusSeconds(60));
        apiKeys().add(key);
        assertThat(apiKeys().find(key.digest(), project.id()))
                .isEqualTo(new ApiKeyStore.Found(key, project));
        assertThat(apiKeys().find(key.digest(), null)).isEqualTo(new ApiKeyStore.Found(key, null));
        assertThat(apiKeys().find(key.digest(), projectId()))
                .isEqualTo(new ApiKeyStore.Found(key, null));
        assertThat(apiKeys().find("sha256$unknown", project.id()))
                .isEqualTo(new ApiKeyStore.Found(null, project));
    }

    @Test
    default void keeps_a_key_without_limits() {
        var key = key(null, null);
        apiKeys().add(key);
        assertThat(apiKeys().find(key.digest(), null).key()).isEqualTo(key);
        var shut = key(List.of(), null);
        apiKeys().add(shut);
        assertThat(apiKeys().find(shut.digest(), null).key()).isEqualTo(shut);
    }

    @Test
    default void notes_when_a_key_was_used_unless_it_is_revoked() {
        var key = key(null, null);
        apiKeys().add(key);
        apiKeys().used(key, NOW.plusSeconds(5));
        assertThat(apiKeys().find(key.digest(), null).key())
                .extracting(ApiKey::lastUsedAt)
                .isEqualTo(NOW.plusSeconds(5));
        assertThat(apiKeys().revoke(key.id())).isTrue();
        apiKeys().used(key, NOW.plusSeconds(6));
        assertThat(apiKeys().find(key.digest(), null).key()).isNull();
        assertThat(apiKeys().revoke(key.id())).isFalse();
    }

    @Test
    default void lists_every_key() {
        var one = key(null, null);
        var other = key(List.of(1L), null);
        apiKeys().add(one);
        apiKeys().add(other);
        assertThat(apiKeys().keys()).contains(one, other);
    }

    @Test
    default void puts_a_project_again_with_another_name_and_keeps_its_count() {
        var project = new Project(projectId(), "Acme", List.of());
        apiKeys().put(project);
        assertThat(apiKeys().project(project.id())).contains(project);
        var renamed = new Project(project.id(), "Big Blue", List.of(9L));
        apiKeys().put(renamed);
        assertThat(apiKeys().project(project.id())).contains(renamed);
        assertThat(apiKeys().project(projectId())).isEmpty();
    }

    private ApiKeyStore apiKeys() {
        return ports().apiKeys();
    }

    private static long projectId() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }

    private static ApiKey key(@Nullable List<Long> projects, @Nullable Instant expiresAt) {
        var id = UUID.randomUUID().toString();
        return new ApiKey(
                id,
                "sha256$" + id,
                "ci",
                Set.of("task:write", "other"),
                projects,
                new Owner(3, new UUID(1, 2), "ada", "Ada", "", null),
                NOW,
                expiresAt,
                null);
    }
}
