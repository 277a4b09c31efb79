package nightshift.idempotency;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// The use of one `Idempotency-Key` by one caller on one path.
///
/// @param place identifies caller, path and key within the project
/// @param bodyDigest of the body that the first call had
/// @param seed makes the ids of what the call creates: a call that continues after one that died
///   creates nothing twice
/// @param startedAt when the first call came
/// @param leasedUntil when a call that is not answered counts as dead
/// @param version moves with every change
/// @param answer null: none yet
public record KeyUse(
        long projectId,
        String place,
        String bodyDigest,
        String seed,
        Instant startedAt,
        Instant leasedUntil,
        long version,
        @Nullable Answer answer) {
    /// How long an answer is kept.
    public static final Duration KEPT = Duration.ofHours(24);

    /// How long a call has the key for itself. A function of the API ends within 29 seconds.
    public static final Duration LEASE = Duration.ofSeconds(30);

    /// What a call was answered.
    public record Answer(int status, Map<String, String> headers, String body) {}

    /// The first use of a key.
    public static KeyUse first(
            long projectId, String place, String bodyDigest, String seed, Instant now) {
        return new KeyUse(projectId, place, bodyDigest, seed, now, now.plus(LEASE), 1, null);
    }

    /// Whether the key may be used anew.
    public boolean expired(Instant now) {
        return !now.isBefore(expiresAt());
    }

    /// When the answer is forgotten.
    public Instant expiresAt() {
        return startedAt.plus(KEPT);
    }

    /// Whether a call with the key is under way.
    public boolean leased(Instant now) {
        return now.isBefore(leasedUntil);
    }

    /// The use of the same key by another first call.
    public KeyUse replacedBy(KeyUse first) {
        return new KeyUse(
                projectId,
                place,
                first.bodyDigest,
                first.seed,
                first.startedAt,
                first.leasedUntil,
                version + 1,
                null);
    }

    /// The use that a repeated call continues.
    public KeyUse leasedAgain(Instant now) {
        return changed(now.plus(LEASE), null);
    }

    /// The use that the next repeated call may continue at once.
    public KeyUse released() {
        return changed(startedAt, null);
    }

    /// The use with its answer.
    public KeyUse answered(Answer kept) {
        return changed(startedAt, kept);
    }

    private KeyUse changed(Instant until, @Nullable Answer changed) {
        return new KeyUse(
                projectId, place, bodyDigest, seed, startedAt, until, version + 1, changed);
    }
}
