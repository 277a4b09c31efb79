package nightshift.idempotency;

import java.util.Optional;

/// The uses of `Idempotency-Key`s in the last 24 hours.
public interface KeyUses {
    /// Keeps the first use of a key. Returns the use that is there already; empty: it was kept.
    Optional<KeyUse> addOrFind(KeyUse first);

    /// Replaces a use that is still what it was read as. Answers whether it was.
    boolean replace(KeyUse from, KeyUse to);
}
