package nightshift.functions.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Call;
import nightshift.functions.lambda.Wiring;
import nightshift.run.PresignedUrl;
import nightshift.run.StorageLinks;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The links that a run shows: `log_url` opens the whole log without a key, for an hour.
///
/// Once the log is one object the link is that object's presigned URL. Before, it is the `logs`
/// endpoint itself, with a signature made of the run's own secret: nothing is written because
/// somebody looked at a run.
public final class RunLinks {
    public static final String EXPIRES = "expires";
    public static final String SIGNATURE = "signature";
    public static final Duration LIFE = Duration.ofHours(1);

    private final Wiring wiring;
    private final Clock clock;
    private @Nullable StorageLinks links;

    public RunLinks(Wiring wiring) {
        this.wiring = wiring;
        this.clock = wiring.clock();
    }

    /// The run on the wire.
    public ObjectNode write(TaskRun run, Call call) {
        return RunJson.write(run, logUrl(run, call));
    }

    private @Nullable String logUrl(TaskRun run, Call call) {
        if (run.logWhole()) {
            return whole(run).map(url -> url.url().toString()).orElse(null);
        }
        long expires = clock.instant().plus(LIFE).getEpochSecond();
        return "%s/api/projects/%s/tasks/%s/runs/%s/logs/?%s=%s&%s=%s"
                .formatted(
                        call.baseUrl(),
                        run.key().projectId(),
                        run.key().taskId(),
                        run.id(),
                        EXPIRES,
                        expires,
                        SIGNATURE,
                        signature(run, expires));
    }

    /// The presigned URL of a log that is one object, for an hour; nothing if it cannot be signed.
    public Optional<PresignedUrl> whole(TaskRun run) {
        return links().log(run.key(), LIFE);
    }

    /// Made when a link is first signed: most calls sign none.
    private StorageLinks links() {
        if (links == null) {
            links = wiring.links();
        }
        return links;
    }

    /// Whether a link to the log was signed by us and has not expired.
    public static boolean opens(TaskRun run, String expires, String signature, Instant now) {
        if (!expires.matches("[0-9]{1,12}") || Long.parseLong(expires) < now.getEpochSecond()) {
            return false;
        }
        return MessageDigest.isEqual(
                signature(run, Long.parseLong(expires)).getBytes(StandardCharsets.UTF_8),
                signature.getBytes(StandardCharsets.UTF_8));
    }

    private static String signature(TaskRun run, long expires) {
        return hmac(run.secret(), "log " + run.id() + " " + expires);
    }

    /// The hex HMAC-SHA256 of a text.
    static String hmac(String secret, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
