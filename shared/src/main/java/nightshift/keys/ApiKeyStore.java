package nightshift.keys;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The store of API keys and projects.
public interface ApiKeyStore {
    /// A key and the project of the call, from one request; null: not found.
    record Found(@Nullable ApiKey key, @Nullable Project project) {}

    /// Looks up a key by its digest and, if `projectId` is not null, that project.
    Found find(String digest, @Nullable Long projectId);

    /// The project with this id.
    Optional<Project> project(long projectId);

    /// The ids of all projects, in some order.
    List<Long> projects();

    /// Records that the key was used.
    void used(ApiKey key, Instant at);

    /// Adds a new key.
    void add(ApiKey key);

    /// Every key.
    List<ApiKey> keys();

    /// Removes the key with this id. Answers whether there was one.
    boolean revoke(String id);

    /// Creates the project or replaces its name, integrations and policy.
    void put(Project project);
}
