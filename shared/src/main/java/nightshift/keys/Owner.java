package nightshift.keys;

import org.jspecify.annotations.Nullable;

import java.util.UUID;

/// The person on whose behalf a key acts, as recorded with the key; shown as `created_by`.
public record Owner(
        long id,
        UUID uuid,
        String distinctId,
        String firstName,
        String lastName,
        @Nullable String email) {}
