package nightshift.api;

import nightshift.keys.ApiKey;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.Project;
import nightshift.log.Log;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Admits calls that carry a personal API key: key, project, the key's projects, scope, in this
/// order.
///
/// Keys and projects are cached in memory for 45 seconds, so a revocation is in force everywhere
/// within a minute. A key or project that was not found is not cached: a new one works at once.
public final class KeyGatekeeper implements Gatekeeper {
    /// How the key of a worker begins, which is good for one run only.
    public static final String WORKER_KEY = "phr_";

    /// The refusal of a worker's key by an endpoint that is not for workers.
    public static final String WORKER_REFUSED = "A worker's key opens nothing but its own run.";

    private static final Duration CACHE_TTL = Duration.ofSeconds(45);
    private static final Duration LAST_USED_PRECISION = Duration.ofHours(1);
    private static final int CACHE_SIZE = 1_000;
    private static final Pattern BEARER = Pattern.compile("Bearer +(\\S.*\\S)\\s*");
    private static final Pattern PROJECT_ID = Pattern.compile("0*[1-9][0-9]{0,17}");

    private final ApiKeyStore apiKeys;
    private final Clock clock;
    private final Map<String, Cached<ApiKey>> keys = new ConcurrentHashMap<>();
    private final Map<Long, Cached<Project>> projects = new ConcurrentHashMap<>();

    private record Cached<T>(T value, Instant at) {
        boolean fresh(Instant now) {
            return now.isBefore(at.plus(CACHE_TTL)) && !now.isBefore(at);
        }
    }

    private record Credential(String key, String source) {}

    public KeyGatekeeper(ApiKeyStore apiKeys, Clock clock) {
        this.apiKeys = apiKeys;
        this.clock = clock;
    }

    @Override
    public Call admit(Call call, Scope scope) {
        var credential = credential(call);
        if (credential == null) {
            throw new ApiException(new ApiError.NotAuthenticated());
        }
        if (credential.key().startsWith(WORKER_KEY)) {
            throw ApiException.forbidden(WORKER_REFUSED);
        }
        var now = clock.instant();
        var digest = digest(credential.key());
        var wanted = projectId(call);
        var found = find(digest, wanted, now);
        var key = found.key();
        if (key == null || !key.valid(now)) {
            throw new ApiException(new ApiError.InvalidKey(credential.source()));
        }
        if (call.isOfNoProject()) {
            requireScope(key, scope);
            noteUse(key, now);
            return call.admitted(null, key);
        }
        var project = call.namesCurrentProject() ? current(key, now) : found.project();
        if (project == null) {
            throw ApiException.notFound("Project not found.");
        }
        if (!key.opens(project.id())) {
            throw new ApiException(
                    new ApiError.PermissionDenied(
                            "API key does not have access to the requested project: ID "
                                    + project.id()
                                    + "."));
        }
        requireScope(key, scope);
        noteUse(key, now);
        return call.admitted(project, key);
    }

    private static void requireScope(ApiKey key, Scope scope) {
        if (!scope.heldBy(key.scopes())) {
            throw new ApiException(
                    new ApiError.PermissionDenied(
                            "API key missing required scope '" + scope.text() + "'"));
        }
    }

    /// The digest under which a key is kept: `sha256$` and the lower-case hex SHA-256 of its UTF-8
    /// bytes.
    public static String digest(String key) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(key.getBytes(StandardCharsets.UTF_8));
            return "sha256$" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// The key in the `Authorization` header; null: none.
    public static @Nullable String bearer(Call call) {
        var header = call.header("Authorization");
        if (header == null) {
            return null;
        }
        var bearer = BEARER.matcher(header);
        return bearer.matches() ? bearer.group(1) : null;
    }

    private ApiKeyStore.Found find(String digest, @Nullable Long projectId, Instant now) {
        var key = fresh(keys.get(digest), now);
        var project = projectId == null ? null : fresh(projects.get(projectId), now);
        if (key != null && (projectId == null || project != null)) {
            return new ApiKeyStore.Found(key, project);
        }
        var found = apiKeys.find(digest, projectId);
        if (found.key() != null) {
            cache(keys, digest, found.key(), now);
        }
        if (found.project() != null) {
            cache(projects, found.project().id(), found.project(), now);
        }
        return found;
    }

    private @Nullable Project current(ApiKey key, Instant now) {
        return key.projects() != null && key.projects().size() == 1
                ? find(key.digest(), key.projects().getFirst(), now).project()
                : null;
    }

    private void noteUse(ApiKey key, Instant now) {
        var last = key.lastUsedAt();
        if (last != null && !last.plus(LAST_USED_PRECISION).isBefore(now)) {
            return;
        }
        keys.computeIfPresent(
                key.digest(), (_, known) -> new Cached<>(key.usedAt(now), known.at()));
        try {
            apiKeys.used(key, now);
        } catch (RuntimeException failed) {
            Log.warn("the last use of a key was not recorded", failed); // no reason to refuse it
        }
    }

    private static @Nullable Long projectId(Call call) {
        var text = call.variable("project_id");
        return PROJECT_ID.matcher(text).matches() ? Long.valueOf(text) : null;
    }

    private static @Nullable Credential credential(Call call) {
        var bearer = bearer(call);
        if (bearer != null) {
            return new Credential(bearer, "Authorization header");
        }
        var field = call.bodyFieldOrNull("personal_api_key");
        if (field != null) {
            return new Credential(field, "body");
        }
        var parameter = call.query("personal_api_key");
        return parameter == null || parameter.isEmpty()
                ? null
                : new Credential(parameter, "query string");
    }

    private static <T> @Nullable T fresh(@Nullable Cached<T> cached, Instant now) {
        return cached != null && cached.fresh(now) ? cached.value() : null;
    }

    private static <K, V> void cache(Map<K, Cached<V>> cache, K name, V value, Instant now) {
        if (cache.size() >= CACHE_SIZE) {
            cache.clear();
        }
        cache.put(name, new Cached<>(value, now));
    }
}
