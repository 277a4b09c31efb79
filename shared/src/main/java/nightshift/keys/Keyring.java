package nightshift.keys;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where API keys and projects are kept.
public interface Keyring {
    /// What is known of a key and of the project that it wants to open, in one look.
    record Found(@Nullable ApiKey key, @Nullable Project project) {}

    /// Looks up a key by its digest and, if `projectId` is not null, that project.
    Found find(String digest, @Nullable Long projectId);

    /// The project with this id.
    Optional<Project> project(long projectId);

    /// Notes that the key was used.
    void used(ApiKey key, Instant at);

    /// Keeps a new key.
    void add(ApiKey key);

    /// Every key.
    List<ApiKey> keys();

    /// Removes the key with this id. Answers whether there was one.
    boolean revoke(String id);

    /// Creates the project or changes its name and integrations.
    void put(Project project);
}
