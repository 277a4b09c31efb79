package nightshift.keys;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/// A personal API key as it is stored: the digest, never the key itself.
///
/// @param digest `sha256$` and the hex SHA-256 of the key
/// @param projects the projects the key opens; null: all of them
/// @param expiresAt when the key stops working; null: never
public record ApiKey(
        String id,
        String digest,
        String label,
        Set<String> scopes,
        @Nullable List<Long> projects,
        Owner owner,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt) {

    public ApiKey usedAt(Instant now) {
        return new ApiKey(id, digest, label, scopes, projects, owner, createdAt, expiresAt, now);
    }

    /// Whether the key works at `now`.
    public boolean valid(Instant now) {
        return expiresAt == null || now.isBefore(expiresAt);
    }

    /// Whether the key opens this project.
    public boolean opens(long projectId) {
        return projects == null || projects.contains(projectId);
    }
}
