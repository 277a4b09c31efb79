package nightshift.api;

import nightshift.idempotency.KeyUse;
import nightshift.idempotency.KeyUse.Answer;
import nightshift.idempotency.KeyUses;
import nightshift.log.Log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Answers a call that is repeated with the same `Idempotency-Key` as it was answered first.
///
/// A call leases its key before it begins and keeps its answer after it has ended. While the lease
/// runs, another call with the key is a conflict. A call that dies leaves its lease behind: when
/// the lease has run out, the next call continues with the ids and the time of the first one. What
/// the first one has created is found by its id and is not created again.
///
/// @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">IETF
///   draft: the Idempotency-Key HTTP header field</a>
public final class Idempotency {
    /// The header's name.
    public static final String HEADER = "Idempotency-Key";

    /// The largest answer that is kept: an item of DynamoDB ends at 400 KB.
    private static final int LARGEST = 400_000;

    private static final Pattern KEY = Pattern.compile("[!-~]{1,255}");

    private final KeyUses uses;
    private final Clock clock;

    /// Keeps answers there, by this clock.
    public Idempotency(KeyUses uses, Clock clock) {
        this.uses = uses;
        this.clock = clock;
    }

    /// The answer to an admitted call.
    ///
    /// @param endpoint answers a call that is not a repetition; throws nothing
    /// @throws ApiException if the header is wrong, if the key was used with another body, or if
    ///   another call with the key is under way
    Reply answer(Call call, Function<Call, Reply> endpoint) {
        var key = call.header(HEADER);
        if (key == null) {
            return endpoint.apply(call);
        }
        if (!KEY.matcher(key).matches()) {
            throw ApiException.invalid(
                    "invalid_input",
                    "An Idempotency-Key has 1 to 255 visible ASCII characters.",
                    HEADER);
        }
        var now = clock.instant();
        var first =
                KeyUse.first(
                        call.projectId(),
                        digest(call.keyId() + "\n" + call.canonicalPath() + "\n" + key),
                        digest(call.bytes()),
                        UUID.randomUUID().toString(),
                        now);
        var found = uses.addOrFind(first);
        if (found.isEmpty()) {
            return answered(first, call, endpoint);
        }
        var use = found.get();
        if (use.expired(now)) {
            return leased(use, _ -> use.replacedBy(first), call, endpoint);
        }
        if (!use.bodyDigest().equals(first.bodyDigest())) {
            throw new ApiException(new ApiError.IdempotencyKeyReused());
        }
        var kept = use.answer();
        if (kept != null) {
            return new Reply(kept.status(), kept.headers(), kept.body(), false);
        }
        if (use.leased(now)) {
            throw busy();
        }
        return leased(use, before -> before.leasedAgain(now), call, endpoint);
    }

    private Reply leased(
            KeyUse use, UnaryOperator<KeyUse> lease, Call call, Function<Call, Reply> endpoint) {
        var mine = lease.apply(use);
        if (!uses.replace(use, mine)) {
            throw busy(); // another call was faster
        }
        return answered(mine, call, endpoint);
    }

    private Reply answered(KeyUse use, Call call, Function<Call, Reply> endpoint) {
        var reply = endpoint.apply(call.repeatable(use.startedAt(), use.seed()));
        boolean kept = reply.status() < 500 && !reply.base64() && size(reply) <= LARGEST;
        try {
            uses.replace(
                    use,
                    kept
                            ? use.answered(
                                    new Answer(reply.status(), reply.headers(), reply.body()))
                            : use.released());
        } catch (RuntimeException failed) {
            Log.warn("an answer was not kept", failed); // the call itself has succeeded
        }
        return reply;
    }

    private static int size(Reply reply) {
        return reply.body().getBytes(StandardCharsets.UTF_8).length;
    }

    private static ApiException busy() {
        return new ApiException(
                new ApiError.Conflict("A call with the same Idempotency-Key is under way."));
    }

    private static String digest(String text) {
        return digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
