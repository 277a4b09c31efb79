package nightshift.keys;

import nightshift.testing.World;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// API keys and projects in memory.
public final class InMemoryApiKeyStore implements ApiKeyStore {
    private final World world;

    public InMemoryApiKeyStore(World world) {
        this.world = world;
    }

    @Override
    public Found find(String digest, @Nullable Long projectId) {
        synchronized (world) {
            return new Found(
                    world.keys.get(digest),
                    projectId == null ? null : world.projects.get(projectId));
        }
    }

    @Override
    public Optional<Project> project(long projectId) {
        synchronized (world) {
            return Optional.ofNullable(world.projects.get(projectId));
        }
    }

    @Override
    public List<Long> projects() {
        synchronized (world) {
            return List.copyOf(world.projects.keySet());
        }
    }

    @Override
    public void used(ApiKey key, Instant at) {
        synchronized (world) {
            world.keys.computeIfPresent(key.digest(), (_, kept) -> usedAt(kept, at));
        }
    }

    @Override
    public void add(ApiKey key) {
        synchronized (world) {
            world.keys.putIfAbsent(key.digest(), key);
        }
    }

    @Override
    public List<ApiKey> keys() {
        synchronized (world) {
            return world.keys.values().stream()
                    .sorted(Comparator.comparing(ApiKey::createdAt))
                    .toList();
        }
    }

    @Override
    public boolean revoke(String id) {
        synchronized (world) {
            return world.keys.values().removeIf(key -> key.id().equals(id));
        }
    }

    @Override
    public void put(Project project) {
        synchronized (world) {
            world.projects.put(project.id(), project);
        }
    }

    private static ApiKey usedAt(ApiKey key, Instant at) {
        return new ApiKey(
                key.id(),
                key.digest(),
                key.label(),
                key.scopes(),
                key.projects(),
                key.owner(),
                key.createdAt(),
                key.expiresAt(),
                at);
    }
}
